import {isKnown} from '../cluster/answer.ts';
import type {EndpointSlice, Node, Service} from '../cluster/objects.ts';
import {evidence, type FindingOf, type Level, nodeSubject} from '../findings/finding.ts';
import {endpointsOf, familiesOf, localEndpoints, unproxied, usable} from '../model/endpoints.ts';
import {askedPorts} from '../model/service-ports.ts';
import {check} from './check.ts';
import {nameOf, noPort, noService} from './service-subject.ts';

type Code = 'external-policy-without-local-endpoint' | 'internal-policy-without-local-endpoint';

/** A policy of Local is worked out node by node: a node without an endpoint drops what it gets, by design. */
export default check({
  id: 'traffic-policy',
  link: 'Endpoints',
  question: 'Policies of Local find local endpoints',
  needs: ['target', 'service', 'slices', 'examinedNodes'],
  hopes: ['comparisons'],
  can: ['external-policy-without-local-endpoint', 'internal-policy-without-local-endpoint'],
  run: ({target, service, slices, examinedNodes, comparisons}) => {
    if (service === null) return {skipped: noService};
    if (unproxied(service) !== null) return {skipped: 'the Service has no VIP, so no policy applies'};
    const {externalTrafficPolicy: outer, internalTrafficPolicy: inner} = service.spec;
    const ways = outsideWays(service);
    if (inner !== 'Local' && (outer !== 'Local' || ways.length === 0)) return {skipped: 'there are none'};
    const ports = askedPorts(service, target.port);
    if (ports.length === 0) return {skipped: noPort};
    const bare = examinedNodes.filter(node => ports.some(port => familiesOf(service).some(family => {
      const all = endpointsOf(slices, port, family);
      return usable(all).length > 0 && localEndpoints(all, node).endpoints.length === 0;
    })));
    if (bare.length === 0) return {note: `each of ${examinedNodes.length} nodes has one, or none is needed`};
    const having = [...new Set(ports.flatMap(port => familiesOf(service).flatMap(family => usable(endpointsOf(slices, port, family)).flatMap(({node}) => node ?? []))))].sort();
    const proof = (field: string, node: Node) => [evidence('object', `Service ${nameOf(service)}`, field), evidence('object', `EndpointSlices of ${nameOf(service)}`, `endpoints on ${having.join(', ') || 'no node'}; none on ${node.metadata.name}${sliceNames(slices)}`)];
    const findings = bare.flatMap((node): FindingOf<Code>[] => {
      const name = node.metadata.name;
      const base = {subject: nodeSubject(name)};
      const guarded = behindHealthCheck(service);
      // In mode ipvs the policy within the cluster is a preference: connections go to other nodes' endpoints.
      const rules = isKnown(comparisons) ? comparisons.known.get(name) : undefined;
      const strict = rules === undefined || !isKnown(rules) || rules.known.every(({mode}) => mode !== 'ipvs');
      return [
        ...(outer === 'Local' && ways.length > 0 ? [{code: 'external-policy-without-local-endpoint' as const, ...base, level: levelFor(node, guarded), args: {service: nameOf(service), node: name, ways, with: having, behindHealthCheck: guarded}, evidence: proof('spec.externalTrafficPolicy: Local', node)}] : []),
        ...(inner === 'Local' && strict ? [{code: 'internal-policy-without-local-endpoint' as const, ...base, level: levelFor(node, false), args: {service: nameOf(service), node: name, with: having}, evidence: proof('spec.internalTrafficPolicy: Local', node)}] : []),
      ];
    });
    return {findings: findings as (FindingOf<'external-policy-without-local-endpoint'> | FindingOf<'internal-policy-without-local-endpoint'>)[]};
  },
});

/** Nobody is expected to send clients to a control-plane node, or to one that a working load balancer avoids. */
function levelFor(node: Node, guarded: boolean): Level {
  const labels = node.metadata.labels ?? {};
  return guarded || 'node-role.kubernetes.io/control-plane' in labels || 'node.kubernetes.io/exclude-from-external-load-balancers' in labels ? 'info' : 'error';
}

/** A load balancer that has taken the Service on asks each node's healthCheckNodePort and avoids those without endpoint. */
function behindHealthCheck(service: Service): boolean {
  return service.spec.type === 'LoadBalancer' && (service.status?.loadBalancer?.ingress ?? []).length > 0 && (service.spec.healthCheckNodePort ?? 0) > 0;
}

function outsideWays(service: Service): string[] {
  const nodePorts = (service.spec.ports ?? []).flatMap(({nodePort}) => (nodePort === undefined ? [] : [`NodePort ${nodePort}`]));
  const addresses = [...(service.spec.externalIPs ?? []), ...(service.status?.loadBalancer?.ingress ?? []).flatMap(({ip}) => ip ?? [])];
  return [...nodePorts, ...addresses];
}

function sliceNames(slices: readonly EndpointSlice[]): string {
  return slices.length === 0 ? '' : ` (${slices.map(({metadata}) => metadata.name).join(', ')})`;
}
