import type {Pod, ServicePort} from '../cluster/objects.ts';
import {evidence, type Evidence} from '../findings/finding.ts';
import {portText, protocolOf} from '../model/endpoints.ts';
import {canServe} from '../model/pods.ts';
import {askedPorts} from '../model/service-ports.ts';
import {portsOf, targetPortIn} from '../model/target-port.ts';
import {check} from './check.ts';
import {nameOf, noPort, noService, subjectOf} from './service-subject.ts';

export default check({
  id: 'target-port-resolves',
  link: 'Endpoints',
  question: 'The containers have the target ports',
  needs: ['target', 'service', 'pods'],
  can: ['service-target-port-unresolved', 'service-protocol-mismatch'],
  run: ({target, service, pods: all}) => {
    if (service === null) return {skipped: noService};
    const pods = all.filter(canServe);
    if (pods.length === 0) return {skipped: 'no pod that could serve is selected'};
    const ports = askedPorts(service, target.port);
    if (ports.length === 0) return {skipped: noPort};
    const about = {subject: subjectOf(service)};
    for (const port of ports.filter(({targetPort}) => typeof targetPort === 'string')) {
      const without = pods.filter(pod => targetPortIn(pod, port) === null);
      if (without.length === 0) continue;
      const other = without.flatMap(portsOf).find(({name}) => name === port.targetPort);
      const level = without.length === pods.length ? 'error' as const : 'warning' as const;
      const seen = proof(nameOf(service), port, without);
      if (other !== undefined) {
        return {findings: [{code: 'service-protocol-mismatch', ...about, level, evidence: seen, args: {service: nameOf(service), port: portText(port), protocol: protocolOf(port), targetPort: String(port.targetPort), podProtocol: other.protocol, seen: 'declared'}}]};
      }
      const has = [...new Set(without.flatMap(portsOf).map(({name, containerPort}) => name ?? String(containerPort)))].sort();
      return {findings: [{code: 'service-target-port-unresolved', ...about, level, evidence: seen, args: {service: nameOf(service), port: portText(port), targetPort: String(port.targetPort), has, pods: without.length, total: pods.length}}]};
    }
    const mismatch = ports.flatMap(port => mismatched(port, pods));
    const [first] = mismatch;
    if (first !== undefined) {
      return {findings: [{code: 'service-protocol-mismatch', ...about, level: 'warning', confidence: 'likely', evidence: proof(nameOf(service), first.port, pods), args: {service: nameOf(service), port: portText(first.port), protocol: protocolOf(first.port), targetPort: String(first.number), podProtocol: first.declared, seen: 'declared'}}]};
    }
    return {note: ports.map(port => `${portText(port)} → ${port.targetPort ?? port.port}`).join(', ')};
  },
});

/** A number that every pod declares, but only with another protocol. Undeclared ports prove nothing: declaring is optional. */
function mismatched(port: ServicePort, pods: readonly Pod[]): {port: ServicePort; number: number; declared: string}[] {
  const number = typeof port.targetPort === 'string' ? null : (port.targetPort ?? port.port);
  if (number === null) return [];
  const declared = pods.map(pod => portsOf(pod).filter(({containerPort}) => containerPort === number).map(({protocol}) => protocol));
  const wrong = declared.every(protocols => protocols.length > 0 && !protocols.includes(protocolOf(port)));
  return wrong ? [{port, number, declared: declared[0]?.[0] ?? ''}] : [];
}

function proof(service: string, port: ServicePort, pods: readonly Pod[]): Evidence[] {
  const [pod] = pods;
  return [
    evidence('object', `Service ${service}`, `spec.ports: ${JSON.stringify(port)}`),
    ...(pod === undefined ? [] : [evidence('object', `Pod ${pod.metadata.namespace}/${pod.metadata.name}`, `containers[].ports: ${JSON.stringify(pod.spec.containers.map(({name, ports = []}) => ({name, ports})))}`)]),
  ];
}
