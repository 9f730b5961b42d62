import {nodeSubject} from '../findings/finding.ts';
import {check} from './check.ts';
import {faultsByNode, nothingToCompare, rightNodes} from './rule-faults.ts';

export default check({
  id: 'rules-masquerade',
  link: 'Node rules',
  question: 'Answers come back the way that connections went',
  needs: ['services', 'comparisons'],
  can: ['rules-missing-masquerade'],
  run: ({services, comparisons}) => {
    const nothing = nothingToCompare(services, comparisons);
    if (nothing !== null) return {skipped: nothing};
    return {
      findings: faultsByNode(comparisons, ['not-masqueraded']).map(({node, args, sure, evidence, faults}) => ({
        code: 'rules-missing-masquerade' as const, subject: nodeSubject(node), ...sure, evidence,
        args: {
          ...args,
          reason: faults.some(({reason}) => reason === 'marked') ? 'marked' as const : 'not-marked' as const,
          outside: together(faults.filter(({whose}) => whose === 'outside')), itself: together(faults.filter(({whose}) => whose === 'itself')), host: together(faults.filter(({whose}) => whose === 'node')),
        },
      })),
      ...rightNodes(comparisons),
    };
  },
});

function together(faults: readonly {readonly endpoints: readonly string[]; readonly share: number}[]): {endpoints: string[]; share: number} | null {
  return faults.length === 0 ? null : {endpoints: [...new Set(faults.flatMap(({endpoints}) => endpoints))].sort(), share: Math.max(...faults.map(({share}) => share))};
}
