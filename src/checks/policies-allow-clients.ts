import {isKnown} from '../cluster/answer.ts';
import {evidence, subject} from '../findings/finding.ts';
import type {Protocol} from '../cluster/objects.ts';
import {endpointsOf, protocolOf, usable} from '../model/endpoints.ts';
import {placeText} from '../model/dns/place.ts';
import {denialsOf, flowTo, isForAll} from '../model/network/allowed.ts';
import {takes, triesOf} from '../model/network/asked.ts';
import type {Flow, Judgement} from '../model/network-policy.ts';
import {check, type Found} from './check.ts';
import {attempts} from './network-subject.ts';
import {nameOf, noService, subjectOf} from './service-subject.ts';

export default check({
  id: 'policies-allow-clients',
  link: 'Network policy',
  question: 'Network policies let clients in',
  needs: ['service', 'pods', 'slices', 'nodes', 'client'],
  hopes: ['networkAnswers', 'clientPlaces', 'servicePolicies'],
  can: ['network-policy-denies'],
  run: ({service, pods, slices, nodes, client, clientPlaces: places, servicePolicies: world, networkAnswers}) => {
    if (service === null) return {skipped: noService};
    if (pods.length === 0) return {skipped: 'it selects no pods'};
    if (!isKnown(world)) return {skipped: world.unknown.detail};
    if (!isKnown(places)) return {skipped: places.unknown.detail};
    const [clientPlaces, servicePolicies] = [places.known, world.known];
    if (servicePolicies.policies.length === 0) return {note: 'there are none'};
    const asking = clientPlaces.filter(({pod}) => pod !== null);
    if (asking.length === 0) return {skipped: 'there is no pod to ask from on the nodes that were examined'};
    const flows = (service.spec.ports ?? []).flatMap(port => ([4, 6] as const).flatMap(family => usable(endpointsOf(slices, port, family))).flatMap(endpoint => {
      const pod = pods.find(({metadata}) => metadata.name === endpoint.pod);
      return pod === undefined ? [] : asking.map(from => ({from, endpoint, flow: flowTo(from, pod, {address: endpoint.address, port: endpoint.port, protocol: protocolOf(port)}, nodes)}));
    }));
    if (flows.length === 0) return {skipped: 'none of its pods is a usable endpoint'};
    // who asks from any pod may be one that is kept out on purpose: only what keeps everybody out is a fault
    const denied = flows.flatMap(each => denialsOf(each.flow, servicePolicies).filter(judgement => client !== null || isForAll(judgement)).map(judgement => ({...each, judgement})));
    // of the Service, and of a client's namespace, one finding tells all ports
    const groups = [...Map.groupBy(denied, ({judgement, from}) => `${judgement.direction} ${judgement.direction === 'egress' ? from.pod?.metadata.namespace : ''}`).values()];
    const cells = isKnown(networkAnswers) ? networkAnswers.known : [];
    const findings = groups.map((own): Found<'network-policy-denies'> => {
      const [first] = own as [typeof own[number]];
      const {direction} = first.judgement;
      const servers = [...new Set(own.map(({endpoint}) => endpoint.to))].sort();
      const policies = [...new Set(own.flatMap(({judgement}) => judgement.policies))].sort();
      const ports = portsOf(own.map(({flow}) => flow));
      const tried = cells.filter(({from, target, size}) => size === 'small' && target.kind === 'endpoint' && own.some(each => each.flow.protocol === 'TCP' && each.from === from && each.endpoint.to === target.endpoint.to));
      const byPort = [...Map.groupBy(tried, ({target}) => target.port).values()].map(triesOf).filter(({length}) => length > 0);
      const seen = byPort.length === 0 ? 'not-asked' as const : byPort.every(tries => tries.some(takes)) ? 'passes' as const : 'lost' as const;
      const ruled = servicePolicies.policies.find(({metadata}) => `${metadata.namespace}/${metadata.name}` === policies[0])?.spec?.[direction] ?? [];
      return {
        code: 'network-policy-denies', subject: direction === 'egress' ? subject('Namespace', null, first.from.pod?.metadata.namespace ?? '') : subjectOf(service),
        confidence: seen === 'lost' ? 'proven' : 'likely', ...(seen === 'passes' ? {level: 'warning' as const} : {}),
        args: {
          of: 'service', reason: 'denied', direction, policies, clients: client === null ? [] : [...new Set(own.map(({from}) => placeText(from)))].sort(), servers, protocols: [...new Set(ports.map(({protocol}) => protocol))], port: first.flow.port, ports,
          hasRules: ruled.length > 0, nearest: nearestOf(own.map(({judgement}) => judgement)), peer: {namespace: service.metadata.namespace ?? '', labels: service.spec.selector ?? {}}, seen,
        },
        evidence: [...servicePolicies.policies.flatMap(({metadata, spec}) => { const name = `${metadata.namespace}/${metadata.name}`; return policies.includes(name) ? [evidence('object', `NetworkPolicy ${name}`, JSON.stringify({podSelector: spec?.podSelector ?? {}, policyTypes: spec?.policyTypes, [direction]: spec?.[direction] ?? []}))] : []; }), ...attempts(tried, 4)],
      };
    });
    return {findings, note: `${servicePolicies.policies.length} evaluated for ${nameOf(service)}; whether anything enforces them was not measured`};
  },
});

/** Each once, by number. */
function portsOf(flows: readonly Flow[]): {readonly port: number; readonly protocol: Protocol}[] {
  return [...new Map(flows.map(({port, protocol}) => [`${port}/${protocol}`, {port, protocol}] as const)).values()].sort((a, b) => a.port - b.port || (a.protocol < b.protocol ? -1 : 1));
}

function nearestOf(judgements: readonly Judgement[]): {readonly policy: string; readonly rule: number; readonly lacks: 'protocol' | 'port' | 'peer'} | null {
  return judgements.flatMap(({misses}) => misses)[0] ?? null;
}
