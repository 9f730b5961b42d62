import {type Answer, isKnown, unknown} from '../cluster/answer.ts';
import type {NodeQuery} from '../cluster/cluster.ts';
import type {Node} from '../cluster/objects.ts';
import {nodeRules as understand, type NodeRules} from '../model/node-rules.ts';
import {condition, stateOf} from '../model/pods.ts';
import type {Proxies} from '../model/proxy.ts';
import {unproxied} from '../model/endpoints.ts';
import type {Learn} from './facts.ts';

export const nodeRules: Learn<'nodeRules'> = async ({cluster, need, try: attempt}) => {
  const services = await need('services');
  if (services.every(({service}) => unproxied(service) !== null)) return new Map(); // no node has rules for such Services
  const [nodes, proxies] = await Promise.all([need('examinedNodes'), attempt('proxies')]);
  if (isKnown(proxies) && proxies.known.replacement?.sameRules === false) return new Map();
  const read = nodes.map(async (node): Promise<[string, Answer<NodeRules>]> => [node.metadata.name, await rulesOf(node, isKnown(proxies) ? proxies.known : null)]);
  return new Map((await Promise.all(read)).sort(([a], [b]) => (a < b ? -1 : 1)));

  async function rulesOf(node: Node, known_: Proxies | null): Promise<Answer<NodeRules>> {
    const reading = await cluster.readNode(queryFor(node, known_));
    if (isKnown(reading)) return understand(reading.known);
    const ready = condition(node, 'Ready');
    return ready?.status === 'True' || reading.unknown.why === 'not-asked' ? reading : unknown(reading.unknown.why, `the node is not Ready (${ready?.message ?? ready?.reason ?? 'no condition'}); ${reading.unknown.detail}`);
  }
};

/** The way in with fewest rights: kube-proxy's own pod, if it runs; and the images that are on the nodes for it. */
export function queryFor(node: Node, proxies: Proxies | null): NodeQuery {
  const name = node.metadata.name;
  const all = [...(proxies?.pods.values() ?? [])].flat();
  const here = proxies?.pods.get(name)?.find(({pod}) => stateOf(pod).state === 'ready');
  const sets = proxies?.daemonSets.flatMap(({spec}) => spec.template.spec.containers) ?? [];
  const images = [...new Set([...all.map(({container}) => container), ...sets].flatMap(({image}) => (image === undefined ? [] : [image])))].sort();
  if (here === undefined) return {node: name, images};
  const {pod, container} = here;
  return {node: name, images, kubeProxy: {namespace: pod.metadata.namespace ?? '', pod: pod.metadata.name, container: container.name, image: container.image ?? ''}};
}

