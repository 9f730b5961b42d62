import type {Pod, ServicePort} from '../cluster/objects.ts';
import {protocolOf} from './endpoints.ts';

/**
 * The number that a Service port's targetPort means in this pod; null when it is a name that none of its containers has
 * with the same protocol (FindPort in k8s.io/endpointslice/util; sidecars that are init containers count).
 */
export function targetPortIn(pod: Pod, port: ServicePort): number | null {
  const target = port.targetPort ?? port.port;
  if (typeof target === 'number') return target === 0 ? port.port : target;
  return portsOf(pod).find(({name, protocol}) => name === target && protocol === protocolOf(port))?.containerPort ?? null;
}

export function portsOf(pod: Pod): {name: string | undefined; containerPort: number; protocol: string}[] {
  const sidecars = (pod.spec.initContainers ?? []).filter(({restartPolicy}) => restartPolicy === 'Always');
  return [...pod.spec.containers, ...sidecars].flatMap(({ports = []}) => ports.map(port => ({name: port.name, containerPort: port.containerPort, protocol: protocolOf(port)})));
}
