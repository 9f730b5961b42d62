import {knownOf} from '../cluster/answer.ts';
import {nodeSubject} from '../findings/finding.ts';
import {check} from './check.ts';
import {faultsByNode, nothingToCompare, rightNodes} from './rule-faults.ts';

export default check({
  id: 'rules-match-endpoints',
  link: 'Node rules',
  question: 'The rules lead to its endpoints, and to no others',
  needs: ['services', 'comparisons'],
  can: ['rules-missing-endpoint', 'rules-stale-endpoint'],
  run: ({services, comparisons}) => {
    const nothing = nothingToCompare(services, comparisons);
    if (nothing !== null) return {skipped: nothing};
    const stale = faultsByNode(comparisons, ['endpoint-stale']).map(({node, args, sure, evidence, faults}) => ({
      code: 'rules-stale-endpoint' as const, subject: nodeSubject(node), ...sure, evidence,
      args: {...args, endpoints: [...new Set(faults.flatMap(({endpoints}) => endpoints))].sort(), share: Math.max(...faults.map(({share}) => share))},
    }));
    const missing = faultsByNode(comparisons, ['endpoint-missing']).map(({node, args, sure, evidence, faults}) => {
      const endpoints = [...new Set(faults.flatMap(each => each.endpoints))].sort();
      return {
        code: 'rules-missing-endpoint' as const, subject: nodeSubject(node), ...sure, evidence,
        args: {...args, endpoints, chain: faults[0]?.chain ?? null, all: endpoints.length >= expectedOn(node)},
      };
    });
    return {findings: [...stale, ...missing], ...rightNodes(comparisons)};

    function expectedOn(node: string): number {
      const compared = knownOf(comparisons, node);
      return compared === null ? Infinity : new Set(compared.flatMap(({way}) => way.expected.endpoints.map(({to}) => to))).size;
    }
  },
});
