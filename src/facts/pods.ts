import type {Pod} from '../cluster/objects.ts';
import {selectorText} from '../model/labels.ts';
import type {Learn} from './facts.ts';

export const pods: Learn<'pods'> = async ({cluster, one, need, take}) => {
  const selector = (await need('service'))?.spec.selector ?? {};
  if (Object.keys(selector).length === 0) return [];
  return take(cluster.list<Pod>({resource: 'pods', namespace: (await one()).namespace, labelSelector: selectorText(selector)}));
};
