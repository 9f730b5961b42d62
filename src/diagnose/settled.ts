import {setTimeout as delay} from 'node:timers/promises';
import type {Cluster} from '../cluster/cluster.ts';
import type {Code} from '../findings/codes.ts';
import type {Judgement} from './verdict.ts';

/**
 * Differences that a change on its way also makes: kube-proxy and the EndpointSlice controller need up to seconds to follow.
 * They are only believed when they are still there on a second look.
 */
const passing: ReadonlySet<Code> = new Set<Code>([
  'endpoints-disagree-with-pods', 'rules-missing-service', 'rules-missing-endpoint', 'rules-stale-endpoint', 'rules-reject-despite-endpoints', 'rules-jump-missing',
  'kube-proxy-stale', 'apiserver-not-answering', 'apiserver-vip-not-answering', 'apiserver-advertise-address-unreachable', 'apiserver-endpoints-stale',
  'dns-service-no-endpoints', 'coredns-pod-not-answering', 'dns-path-broken', 'dns-vip-not-answering', 'dns-udp-only-broken', 'dns-tcp-only-broken', 'coredns-answers-wrong', 'coredns-upstream-unreachable', 'coredns-upstream-slow', 'nodelocaldns-not-answering', 'conntrack-entry-stale',
  'pod-network-broken-between-nodes', 'pod-network-next-hop-silent', 'endpoint-not-answering', 'service-target-port-not-listening', 'service-vip-not-answering', 'mtu-mismatch', 'app-listens-on-loopback-only',
  'rules-missing-masquerade', 'rules-masquerade-differs', 'ipvs-set-incomplete', 'ipvs-address-not-bound', 'ipvs-destination-drained', // of mode ipvs, which is not written at one stroke
]);
/** Milliseconds between looks, how many there are at most while the EndpointSlices go on changing, and after how long there is none: no change is on its way for so long. */
const patience = {pause: 2_000, looks: 4, within: 20_000};

/** What one look at a cluster came to. */
export interface Looked {
  readonly judgement: Judgement;
  /** Names and versions of the EndpointSlices: whether Services are changing. */
  readonly slices: string;
}

/** Looks, and looks again as long as what is seen could be a change on its way. */
export async function settled<L extends Looked>(cluster: Cluster, look: () => Promise<L>, onProgress: (text: string) => void): Promise<L> {
  const start = performance.now();
  let last = await look();
  for (let looks = 1; performance.now() - start < patience.within && cluster.source.kind === 'live' && looks < patience.looks && last.judgement.rootCauses.some(({code}) => (passing as ReadonlySet<string>).has(code)); looks++) {
    onProgress('something differs; looking again, in case it is a change on its way');
    await delay(patience.pause);
    const before = last.slices;
    last = await look();
    if (before === last.slices) break;
  }
  return last;
}
