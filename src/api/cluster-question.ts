import type {Check} from '../checks/check.ts';
import {clusterChecks} from '../checks/index.ts';
import {checkNamespace, checkNode, checkSelector} from '../cli/target.ts';
import type {ClusterQuestion} from '../diagnose/check/check-cluster.ts';
import {KdiagError} from '../kdiag-error.ts';
import {nearestNames} from '../model/labels.ts';

/** What `kdiag check` is asked. Absent, or of no entries: all. */
export interface ClusterAsked {
  readonly namespaces?: readonly string[] | undefined;
  readonly selector?: string | undefined;
  /** `all`, `sample`, or names. */
  readonly nodes?: readonly string[] | undefined;
  readonly only?: readonly string[] | undefined;
  readonly skip?: readonly string[] | undefined;
}

/** Throws KdiagError(2) for what is no name, no selector or no check. */
export function clusterQuestionOf({namespaces: asked = [], selector, nodes = [], only = [], skip = []}: ClusterAsked): ClusterQuestion {
  const args = Object.entries({namespace: asked, selector: selector === undefined ? [] : [selector], nodes, only, skip}).filter(([, values]) => values.length > 0).map(([name, values]) => [name, values.join(',')]);
  const all = nodes.length === 0 || (nodes.length === 1 && nodes[0] === 'all');
  return {
    command: {name: 'check', args: Object.fromEntries(args) as Record<string, string>},
    scope: {namespaces: [...new Set(asked.map(checkNamespace))].sort(), labelSelector: selector === undefined ? null : checkSelector(selector), nodes: all ? null : nodes.length === 1 && nodes[0] === 'sample' ? 'sample' : [...new Set(nodes.map(checkNode))].sort()},
    checks: wantedChecks(only, skip),
  };
}

/** The checks of --only without those of --skip; an empty --only means all. Throws KdiagError(2) for what is no check. */
function wantedChecks(only: readonly string[], skip: readonly string[]): ClusterQuestion['checks'] {
  const ids = [...new Set(Object.values(clusterChecks).flat().map(({id}) => id))].sort();
  for (const id of [...only, ...skip]) {
    if (ids.includes(id)) continue;
    const near = nearestNames(id, ids);
    throw new KdiagError(2, `there is no check “${id}”`, near.length === 0 ? `There are ${ids.join(', ')}` : `Did you mean ${near.join(' or ')}?`);
  }
  const wanted = (checks: readonly Check[]): readonly Check[] => checks.filter(({id}) => (only.length === 0 || only.includes(id)) && !skip.includes(id));
  const {nodes, apiserver, dns, service} = clusterChecks;
  return {nodes: wanted(nodes), apiserver: wanted(apiserver), dns: wanted(dns), service: wanted(service)};
}
