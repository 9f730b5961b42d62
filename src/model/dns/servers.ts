import type {Container, Pod, Service} from '../../cluster/objects.ts';
import {type CoreDnsConfig, portsOf} from '../coredns/config.ts';
import {protocolOf} from '../endpoints.ts';
import {portsOf as declaredPorts, targetPortIn} from '../target-port.ts';

/** Whether a pod is the cluster's DNS server, by what runs in it: labels and names differ between distributions. */
export function isDnsServer(pod: Pod): boolean {
  return pod.spec.containers.some(container => /(^|\/)(coredns|kube-dns|k8s-dns-kube-dns)([-a-z0-9]*)$/.test(imageName(container)) || programOf(container) === 'coredns');
}

/** NodeLocal DNSCache (kubernetes/dns, cmd/node-cache): one a node, in front of the DNS Service. */
export function isNodeCache(pod: Pod): boolean {
  return pod.spec.containers.some(container => /(^|\/)k8s-dns-node-cache(-[a-z0-9]+)?$/.test(imageName(container)) || programOf(container) === 'node-cache');
}

/** The container that answers; the first one where none is known. */
export function serverContainer(pod: Pod): Container | null {
  return pod.spec.containers.find(container => /coredns|kubedns|node-cache/.test(`${container.name} ${imageName(container)}`)) ?? pod.spec.containers[0] ?? null;
}

/** The ConfigMap that holds a CoreDNS pod's Corefile, and its key; null: it comes from elsewhere. */
export function corefileOf(pod: Pod): {readonly configMap: string; readonly key: string} | null {
  const container = serverContainer(pod);
  const words = [...(container?.command ?? []), ...(container?.args ?? [])];
  const flag = words.findIndex(word => word === '-conf' || word === '--conf');
  const path = flag >= 0 ? words[flag + 1] : words.map(word => /^--?conf=(.*)$/.exec(word)?.[1]).find(value => value !== undefined);
  const file = path?.split('/').at(-1) ?? 'Corefile';
  for (const {configMap} of pod.spec.volumes ?? []) {
    if (configMap?.name === undefined) continue;
    const item = configMap.items?.find(each => each.path === file);
    if (item !== undefined) return {configMap: configMap.name, key: item.key};
    if (configMap.items === undefined && /coredns|dns/.test(configMap.name) && !/custom/.test(configMap.name)) return {configMap: configMap.name, key: file};
  }
  return null;
}

/** Where CoreDNS serves plain DNS; empty where some of its Corefile could not be read. */
export function listeningPorts(config: CoreDnsConfig): number[] {
  return config.unread.imports.length > 0 || config.unread.variables.length > 0 ? [] : portsOf(config);
}

/** The port that a pod is asked on: where the Service sends port 53, if CoreDNS listens there, else where it listens. OpenShift's has 5353. */
export function portOf(pod: Pod, service: Service | null, config: CoreDnsConfig | null): number {
  const asked = service?.spec.ports?.find(each => each.port === 53 && protocolOf(each) === 'UDP') ?? service?.spec.ports?.find(({port}) => port === 53);
  const target = asked === undefined ? null : targetPortIn(pod, asked);
  const listens = config === null ? [] : listeningPorts(config);
  if (listens.length === 0) return target ?? 53;
  return target !== null && (listens.includes(target) || declaredPorts(pod).some(({containerPort}) => containerPort === target)) ? target : listens.includes(53) ? 53 : listens[0] ?? 53;
}

function imageName({image = ''}: Container): string {
  return image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
}

function programOf({command = [], args = []}: Container): string | undefined {
  return [...command, ...args][0]?.split('/').at(-1);
}
