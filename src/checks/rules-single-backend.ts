import {isKnown} from '../cluster/answer.ts';
import {nodeSubject} from '../findings/finding.ts';
import {check} from './check.ts';
import {faultsByNode, nothingToCompare} from './rule-faults.ts';
import {nameOf, noService} from './service-subject.ts';

export default check({
  id: 'rules-single-backend',
  link: 'Node rules',
  question: 'Only one iptables backend translates it',
  needs: ['service', 'comparisons'],
  can: ['rules-in-both-backends'],
  run: ({service, comparisons}) => {
    if (service === null) return {skipped: noService};
    const nothing = nothingToCompare(comparisons);
    if (nothing !== null) return {skipped: nothing};
    return {
      findings: faultsByNode(comparisons, ['both-backends']).map(({node, addresses, evidence, faults}) => {
        const harmful = faults.some(fault => fault.differ);
        return {code: 'rules-in-both-backends' as const, subject: nodeSubject(node), level: harmful ? 'error' as const : 'warning' as const, confidence: harmful ? 'likely' as const : 'proven' as const, args: {service: nameOf(service), node, addresses, harmful}, evidence};
      }),
      note: backends(),
    };

    function backends(): string {
      return [...new Set([...comparisons.values()].flatMap(answer => (isKnown(answer) ? answer.known.flatMap(each => each.owners) : [])))].sort().join(', ');
    }
  },
});
