import {isKnown} from '../cluster/answer.ts';
import {nodeSubject} from '../findings/finding.ts';
import {check} from './check.ts';
import {faultsByNode, nothingToCompare} from './rule-faults.ts';

export default check({
  id: 'rules-single-backend',
  link: 'Node rules',
  question: 'Only one iptables backend translates it',
  needs: ['services', 'comparisons'],
  can: ['rules-in-both-backends'],
  run: ({services, comparisons}) => {
    const nothing = nothingToCompare(services, comparisons);
    if (nothing !== null) return {skipped: nothing};
    return {
      findings: faultsByNode(comparisons, ['both-backends']).map(({node, args, sure, evidence, faults}) => {
        const harmful = faults.some(fault => fault.differ);
        return {code: 'rules-in-both-backends' as const, subject: nodeSubject(node), ...sure, level: harmful ? 'error' as const : 'warning' as const, args: {...args, harmful}, evidence};
      }),
      note: backends(),
    };

    function backends(): string {
      return [...new Set([...comparisons.values()].flatMap(answer => (isKnown(answer) ? answer.known.flatMap(each => each.owners) : [])))].sort().join(', ');
    }
  },
});
