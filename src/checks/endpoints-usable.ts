import {isKnown} from '../cluster/answer.ts';
import type {ServicePort} from '../cluster/objects.ts';
import {evidence} from '../findings/finding.ts';
import {clusterIPs, endpointsOf, familiesOf, portText, unproxied, usable} from '../model/endpoints.ts';
import {familyOf} from '../model/ip.ts';
import {stateOf} from '../model/pods.ts';
import {askedPorts} from '../model/service-ports.ts';
import {targetPortIn} from '../model/target-port.ts';
import {check} from './check.ts';
import {nameOf, noPort, noService, subjectOf} from './service-subject.ts';

export default check({
  id: 'endpoints-usable',
  link: 'Endpoints',
  question: 'The endpoints take new connections',
  needs: ['target', 'service', 'slices'],
  hopes: ['pods'],
  can: ['endpoints-terminating-only', 'endpoints-wrong-ip-family', 'service-without-endpoints'],
  run: ({target, service, slices, pods}) => {
    if (service === null) return {skipped: noService};
    if (service.spec.type === 'ExternalName') return {skipped: 'an ExternalName Service has no endpoints'};
    const ports = askedPorts(service, target.port).map(port => {
      const all = ([4, 6] as const).flatMap(family => endpointsOf(slices, port, family));
      return {port, all, good: usable(all)};
    });
    if (ports.length === 0 && target.port !== null) return {skipped: noPort};
    const seen = slices.map(slice => evidence('object', `EndpointSlice ${slice.metadata.namespace}/${slice.metadata.name}`, `ports: ${JSON.stringify(slice.ports ?? [])}, endpoints: ${JSON.stringify((slice.endpoints ?? []).map(({addresses, conditions}) => ({addresses, conditions})))}`));
    const dying = ports.find(({good}) => good.length > 0 && good.every(({ready}) => !ready));
    if (dying !== undefined) {
      return {findings: [{code: 'endpoints-terminating-only', subject: subjectOf(service), args: {service: nameOf(service), endpoints: dying.good.map(({to}) => to)}, evidence: seen}]};
    }
    const empty = ports.filter(({good}) => good.length === 0);
    const without = unproxied(service) !== null ? undefined : familiesOf(service).find(family => ports.some(({good, port}) => !good.some(({address}) => familyOf(address) === family) && (good.length > 0 || onlyIn(family === 4 ? 6 : 4, port))));
    if (without !== undefined) {
      const [family, has] = without === 6 ? ['IPv6', 'IPv4'] as const : ['IPv4', 'IPv6'] as const;
      return {findings: [{code: 'endpoints-wrong-ip-family', subject: subjectOf(service), args: {service: nameOf(service), family, has, addresses: clusterIPs(service).filter(ip => familyOf(ip) === without)}, evidence: seen}]};
    }
    if (empty.length === 0) return {note: ports.map(({port, good, all}) => `${portText(port)}: ${good.length} of ${all.length} ready`).join(', ')};
    const selects = Object.keys(service.spec.selector ?? {}).length > 0;
    if (selects && isKnown(pods)) return {skipped: 'none, which the pods explain'};
    const endpoints = slices.flatMap(slice => slice.endpoints ?? []);
    const reason = selects ? 'pods-unseen' as const : endpoints.length === 0 ? 'no-slice' as const : empty.every(({all}) => all.length === 0) ? 'port-name' as const : 'not-ready' as const;
    return {findings: [{code: 'service-without-endpoints', subject: subjectOf(service), args: {service: nameOf(service), reason, ports: empty.map(({port}) => `${portText(port)}${port.name === undefined ? '' : ` (${port.name})`}`)}, evidence: [evidence('object', `Service ${nameOf(service)}`, `spec.selector: ${selects ? JSON.stringify(service.spec.selector) : 'none'}, spec.ports: ${JSON.stringify(service.spec.ports ?? [])}`), ...seen]}]};

    /** Whether ready pods would serve this port, if they had addresses of the other family. */
    function onlyIn(family: 4 | 6, port: ServicePort): boolean {
      const able = isKnown(pods) ? pods.known.filter(pod => stateOf(pod).state === 'ready' && targetPortIn(pod, port) !== null) : [];
      return able.length > 0 && able.every(({status}) => status?.podIPs?.every(({ip}) => familyOf(ip) === family) === true);
    }
  },
});
