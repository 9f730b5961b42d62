import type {Node} from '../cluster/objects.ts';
import type {Learn} from './facts.ts';

export const nodes: Learn<'nodes'> = ({cluster, take}) => take(cluster.list<Node>({resource: 'nodes'}));

export const examinedNodes: Learn<'examinedNodes'> = async ({target, need}) => {
  const from = target.from?.kind === 'node' ? target.from.name : target.from?.kind === 'pod' ? (await need('client'))?.spec.nodeName : undefined;
  return (await need('nodes')).filter(node => node.status?.nodeInfo?.operatingSystem !== 'windows' && (from === undefined || node.metadata.name === from));
};
