import type {Workload} from '../cluster/objects.ts';
import {matches} from '../model/labels.ts';
import {canServe} from '../model/pods.ts';
import type {Learn} from './facts.ts';

export const workloads: Learn<'workloads'> = async ({cluster, one, need, take}) => {
  const selector = (await need('service'))?.spec.selector ?? {};
  if (Object.keys(selector).length === 0 || (await need('pods')).some(canServe)) return [];
  const {namespace} = await one();
  const lists = await Promise.all((['deployments', 'statefulsets'] as const).map(async resource => {
    const found = await take(cluster.list<Workload>({resource, namespace}));
    return found.map(workload => ({...workload, kind: resource === 'deployments' ? 'Deployment' : 'StatefulSet'}));
  }));
  return lists.flat().filter(({spec}) => matches(selector, spec.template.metadata?.labels));
};
