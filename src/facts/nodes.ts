import {unknown} from '../cluster/answer.ts';
import type {Node, Pod} from '../cluster/objects.ts';
import type {Learn, Target} from './facts.ts';

export const nodes: Learn<'nodes'> = ({cluster, take}) => take(cluster.list<Node>({resource: 'nodes'}));

export const examinedNodes: Learn<'examinedNodes'> = async ({target, need, take}) => {
  const pod = target.from?.kind === 'pod' ? await need('client') : null;
  const from = target.from?.kind === 'node' ? target.from.name : pod?.spec.nodeName;
  const linux = (await need('nodes')).filter(node => !isWindows(node));
  if (target.from === null) {
    const chosen = 'among' in target && target.among !== undefined ? linux.filter(({metadata: {name}}) => target.among?.includes(name)) : linux;
    return target.kind === 'dns' ? chosen.slice(0, mostAskedFrom) : chosen;
  }
  const one = linux.filter(({metadata}) => metadata.name === from);
  return one.length > 0 ? one : take(unknown('absent', absent(target.from, pod)));
};

/** A question about DNS asks from this many nodes at the most: each of them needs a debug pod. */
export const mostAskedFrom = 10;

export const windowsNodes: Learn<'windowsNodes'> = async ({target, need}) => (target.from === null ? (await need('nodes')).filter(isWindows) : []);

function isWindows(node: Node): boolean {
  return node.status?.nodeInfo?.operatingSystem === 'windows';
}

function absent(from: NonNullable<Target['from']>, pod: Pod | null): string {
  if (from.kind === 'node') return `there is no Linux node ${from.name}`;
  const name = `pod ${from.namespace}/${from.name}`;
  return pod === null ? `there is no ${name}` : pod.spec.nodeName === undefined ? `${name} is on no node yet` : `${name} is on node ${pod.spec.nodeName}, which is no Linux node of the cluster`;
}
