import {type Answer, isKnown} from '../cluster/answer.ts';
import type {PlaceReading} from '../cluster/cluster.ts';
import {externalName} from '../model/dns/questions.ts';
import {reverseName} from '../model/resolver/expand.ts';
import {resolverOf, type Wanted} from '../model/dns/resolver.ts';
import type {Learn, Target} from './facts.ts';
import {queryFor} from './node-rules.ts';

export const resolvers: Learn<'resolvers'> = async ({cluster, target, need, try: attempt}) => {
  const readings = new Map<string, Promise<Answer<PlaceReading>>>();
  const nodeReading = (node: string, images: readonly string[]): Promise<Answer<PlaceReading>> => {
    const reading = readings.get(node) ?? cluster.readPlace({node, pod: null, images});
    readings.set(node, reading);
    return reading;
  };
  // Debug pods take longest to come: the nodes are read while it is still found out which pods to look from.
  const [examined, proxies, nodes] = await Promise.all([need('examinedNodes'), attempt('proxies'), need('nodes')]);
  for (const node of examined) void nodeReading(node.metadata.name, queryFor(node, isKnown(proxies) ? proxies.known : null).images);
  const places = await need('dnsPlaces');
  return Promise.all(places.filter(({role}) => role === 'client').map(async at => {
    const {node, pod, images} = at.place;
    const [own, ofNode] = await Promise.all([pod === null ? nodeReading(node, images) : cluster.readPlace(at.place), nodeReading(node, images)]);
    const version = nodes.find(({metadata}) => metadata.name === node)?.status?.nodeInfo?.kubeletVersion ?? null;
    return resolverOf(at, own, ofNode, wantedOf(target), version);
  }));
};

/** Without a name: one of the cluster, as most programs write such, and one of outside. */
function wantedOf(target: Target): Wanted {
  if (target.kind !== 'dns') return {names: [], types: [], namespace: 'default'};
  // what dig -x does: the reverse name of an address goes through no search list
  const reversed = target.type === 'PTR' && target.name !== null ? reverseName(target.name)?.toLowerCase() : undefined;
  return {names: target.name === null ? ['kubernetes.default', externalName] : [reversed === undefined ? target.name : `${reversed}.`], types: target.type === null ? ['A', 'AAAA'] : [target.type], namespace: target.namespace};
}
