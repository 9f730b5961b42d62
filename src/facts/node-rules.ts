import {isKnown} from '../cluster/answer.ts';
import type {NodeQuery} from '../cluster/cluster.ts';
import type {Container, Node} from '../cluster/objects.ts';
import {nodeRules as understand} from '../model/node-rules.ts';
import {stateOf} from '../model/pods.ts';
import type {Proxies} from '../model/proxy.ts';
import {unproxied} from '../model/endpoints.ts';
import {ReadOnce} from '../model/read-once.ts';
import type {Learn} from './facts.ts';

export const nodeRules: Learn<'nodeRules'> = async ({need, try: attempt}) => {
  const services = await need('services');
  if (services.every(({service}) => unproxied(service) !== null)) return new Map(); // no node has rules for such Services
  const proxies = await attempt('proxies');
  if (isKnown(proxies) && proxies.known.replacement?.sameRules === false) return new Map();
  const readings = await need('nodeReadings');
  const once = new ReadOnce();
  return new Map([...readings].map(([node, reading]) => [node, isKnown(reading) ? understand(reading.known, once) : reading]));
};

/** Images of kube-proxy that a node has though none runs there, as its kubelet reports: with nothing to run them from, they stay. By tag rather than by digest. */
function keptOn({status}: Node): string[] {
  return (status?.images ?? []).flatMap(({names}) => (names ?? []).filter(name => /(^|\/)kube-proxy(-[a-z0-9]+)?[:@]/.test(name)).sort((a, b) => Number(a.includes('@')) - Number(b.includes('@'))).slice(0, 1));
}

/** The way in with fewest rights: kube-proxy's own pod, if it runs; and the images that are on the nodes for it. */
export function queryFor(node: Node, proxies: Proxies | null): NodeQuery {
  const name = node.metadata.name;
  const here = proxies?.pods.get(name)?.find(({pod}) => stateOf(pod).state === 'ready');
  const images = proxies === null ? [] : imagesOf(proxies);
  if (here === undefined) return {node: name, images: [...new Set([...images, ...keptOn(node)])]};
  const {pod, container} = here;
  return {node: name, images, kubeProxy: {namespace: pod.metadata.namespace ?? '', pod: pod.metadata.name, container: container.name, image: container.image ?? ''}};
}

const found = new WeakMap<Proxies, readonly string[]>();

/** Every image that a kube-proxy of the cluster has. Looked for once, and not for each node. */
function imagesOf(proxies: Proxies): readonly string[] {
  const known = found.get(proxies) ?? distinct([...[...proxies.pods.values()].flat().map(({container}) => container), ...proxies.daemonSets.flatMap(({spec}) => spec.template.spec.containers)]);
  found.set(proxies, known);
  return known;
}

function distinct(containers: readonly Container[]): readonly string[] {
  return [...new Set(containers.flatMap(({image}) => (image === undefined ? [] : [image])))].sort();
}
