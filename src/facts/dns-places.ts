import {isKnown} from '../cluster/answer.ts';
import type {Node} from '../cluster/objects.ts';
import {condition, stateOf} from '../model/pods.ts';
import {nodePlace, podPlace} from './client-places.ts';
import type {Learn} from './facts.ts';

/** CoreDNS pods whose own view of their upstreams is taken, at the most. */
const mostServers = 4;

/** The clients' places; with --from one more node for comparison; and the CoreDNS pods, which ask their upstreams. */
export const dnsPlaces: Learn<'dnsPlaces'> = async ({target, need, try: attempt}) => {
  const [clients, examined, nodes, known, servers] = await Promise.all([need('clientPlaces'), need('examinedNodes'), need('nodes'), attempt('proxies'), need('dnsPods')]);
  const proxies = isKnown(known) ? known.known : null;
  const other = target.from === null ? undefined : nodes.find(node => !examined.includes(node) && isReadyLinux(node));
  const running = servers.filter(pod => pod.spec.hostNetwork !== true && ['ready', 'not-ready'].includes(stateOf(pod).state));
  return [...clients, ...(other === undefined ? [] : [nodePlace('other', other, proxies)]), ...running.slice(0, mostServers).flatMap(pod => podPlace('server', pod, nodes, proxies))];
};

function isReadyLinux(node: Node): boolean {
  return node.status?.nodeInfo?.operatingSystem !== 'windows' && condition(node, 'Ready')?.status === 'True';
}
