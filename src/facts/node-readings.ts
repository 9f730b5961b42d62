import {type Answer, isKnown, unknown} from '../cluster/answer.ts';
import type {NodeReading} from '../cluster/cluster.ts';
import type {Node} from '../cluster/objects.ts';
import {condition} from '../model/pods.ts';
import type {Learn} from './facts.ts';
import {queryFor} from './node-rules.ts';

/** Each node is read once, whatever is made of it. */
export const nodeReadings: Learn<'nodeReadings'> = async ({cluster, need, try: attempt}) => {
  const [nodes, answer] = await Promise.all([need('examinedNodes'), attempt('proxies')]);
  const proxies = isKnown(answer) ? answer.known : null;
  const read = async (node: Node): Promise<[string, Answer<NodeReading>]> => [node.metadata.name, explained(node, await cluster.readNode(queryFor(node, proxies)))];
  return new Map((await Promise.all(nodes.map(read))).sort(([a], [b]) => (a < b ? -1 : 1)));
};

function explained(node: Node, reading: Answer<NodeReading>): Answer<NodeReading> {
  const ready = condition(node, 'Ready');
  if (isKnown(reading) || ready?.status === 'True' || reading.unknown.why === 'not-asked') return reading;
  return unknown(reading.unknown.why, `the node is not Ready (${ready?.message ?? ready?.reason ?? 'no condition'}); ${reading.unknown.detail}`);
}
