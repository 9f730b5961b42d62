import type {Pod, Service} from '../../cluster/objects.ts';
import {parseBlock} from '../ip.ts';
import {stateOf} from '../pods.ts';

/** An API server that runs as a pod of the cluster; others (managed, or processes of a node) are known by their endpoints only. */
export interface ApiServer {
  readonly pod: string;
  readonly node: string | null;
  /** Where it says that it is: --advertise-address, else its host's address. */
  readonly address: string | null;
  readonly port: number;
  readonly ready: boolean;
}

export function apiServersOf(systemPods: readonly Pod[]): ApiServer[] {
  return systemPods.flatMap(pod => {
    const words = wordsOf(pod);
    if (words === null) return [];
    const port = Number(flag(words, 'secure-port') ?? 6443);
    return [{pod: `${pod.metadata.namespace}/${pod.metadata.name}`, node: pod.spec.nodeName ?? null, address: flag(words, 'advertise-address') ?? pod.status?.hostIP ?? null, port, ready: stateOf(pod).state === 'ready'}];
  });
}

/** The CIDRs that API servers were told: --service-cluster-ip-range. */
export function serviceRangesOf(systemPods: readonly Pod[]): string[] {
  return [...new Set(systemPods.flatMap(pod => flag(wordsOf(pod) ?? [], 'service-cluster-ip-range')?.split(',') ?? []))];
}

/** Whether an address is the first of a CIDR: what the API server takes for its own Service (pkg/controlplane/instance.go, ServiceIPRange). */
export function isFirstOf(cidr: string, service: Service): boolean | null {
  const block = parseBlock(cidr);
  const ip = service.spec.clusterIP;
  if (block === null || ip === undefined) return null;
  const address = parseBlock(ip.includes(':') ? `${ip}/128` : `${ip}/32`);
  return address === null || address.family !== block.family ? null : address.bits === block.bits + 1n;
}

function wordsOf({spec}: Pod): readonly string[] | null {
  for (const {command = [], args = []} of spec.containers) {
    const words = [...command, ...args];
    const program = words[0]?.split('/').at(-1);
    if (program === 'kube-apiserver' || (program === 'hyperkube' && words[1] === 'kube-apiserver')) return words;
  }
  return null;
}

function flag(words: readonly string[], name: string): string | undefined {
  return words.map(word => new RegExp(`^--${name}=(.*)$`).exec(word)?.[1]).find(value => value !== undefined);
}
