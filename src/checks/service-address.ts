import type {EndpointSlice, Service} from '../cluster/objects.ts';
import {evidence} from '../findings/finding.ts';
import {clusterIPs, endpointsOf, leftOut, unproxied, usable} from '../model/endpoints.ts';
import {parseAddress} from '../model/ip.ts';
import {check} from './check.ts';
import {nameOf, noService, subjectOf} from './service-subject.ts';

/** What each type promises, and whether it has what it needs for that. */
export default check({
  id: 'service-address',
  link: 'Service',
  question: 'It has the addresses of its type',
  needs: ['service'],
  hopes: ['slices'],
  can: ['headless-service-has-no-vip', 'external-name-is-an-address', 'load-balancer-pending'],
  run: ({service, slices}) => {
    if (service === null) return {skipped: noService};
    const {spec} = service;
    const about = {subject: subjectOf(service)};
    const owner = nameOf(service);
    const field = (text: string) => [evidence('object', `Service ${owner}`, text)];
    switch (unproxied(service)) {
      case 'external-name': {
        const name = spec.externalName ?? '';
        if (parseAddress(name) !== null) return {findings: [{code: 'external-name-is-an-address', ...about, args: {service: owner, externalName: name}, evidence: field(`spec.externalName: ${name}`)}]};
        return {note: `ExternalName: DNS answers with a CNAME to ${name}; there is no VIP and nothing is proxied`};
      }
      case 'headless': {
        const addresses = 'known' in slices ? answered(service, slices.known) : [];
        return {findings: [{code: 'headless-service-has-no-vip', ...about, args: {service: owner, addresses}, evidence: field('spec.clusterIP: None')}]};
      }
      case 'other-proxy': return {note: `left to another proxy by the label ${leftOut(service)}`};
    }
    const ingress = service.status?.loadBalancer?.ingress ?? [];
    if (spec.type === 'LoadBalancer' && ingress.length === 0) {
      return {findings: [{code: 'load-balancer-pending', ...about, args: {service: owner, class: spec.loadBalancerClass ?? null}, evidence: field('status.loadBalancer: {}')}]};
    }
    return {note: addressText(service)};
  },
});

/** What DNS answers: of a headless Service without ports, the addresses alone. */
function answered({spec}: Service, slices: readonly EndpointSlice[]): string[] {
  const ports = spec.ports ?? [];
  const found = ports.length > 0
    ? ports.flatMap(port => ([4, 6] as const).flatMap(family => usable(endpointsOf(slices, port, family)).map(({address}) => address)))
    : slices.flatMap(({endpoints}) => (endpoints ?? []).filter(({conditions}) => conditions?.ready !== false).flatMap(({addresses}) => addresses.slice(0, 1)));
  return [...new Set(found)].sort();
}

/** `ClusterIP 10.96.0.10`, `NodePort 30080 on every node, ClusterIP …` */
function addressText(service: Service): string {
  const {spec} = service;
  const nodePorts = (spec.ports ?? []).flatMap(({nodePort}) => (nodePort === undefined ? [] : [nodePort]));
  const balanced = (service.status?.loadBalancer?.ingress ?? []).flatMap(({ip, hostname}) => ip ?? hostname ?? []);
  return [
    `ClusterIP ${clusterIPs(service).join(', ')}`,
    ...(nodePorts.length === 0 ? [] : [`NodePort ${nodePorts.join(', ')} on the nodes' addresses`]),
    ...(balanced.length === 0 ? [] : [`load balancer ${balanced.join(', ')}`]),
    ...((spec.externalIPs ?? []).length === 0 ? [] : [`externalIPs ${spec.externalIPs?.join(', ')}`]),
  ].join(', ');
}
