import {nodeSubject} from '../findings/finding.ts';
import {check} from './check.ts';
import {faultsByNode, nothingToCompare, rightNodes} from './rule-faults.ts';
import {nameOf, noService} from './service-subject.ts';

export default check({
  id: 'rules-masquerade',
  link: 'Node rules',
  question: 'Answers come back the way that connections went',
  needs: ['service', 'comparisons'],
  can: ['rules-missing-masquerade'],
  run: ({service, comparisons}) => {
    if (service === null) return {skipped: noService};
    const nothing = nothingToCompare(comparisons);
    if (nothing !== null) return {skipped: nothing};
    return {
      findings: faultsByNode(comparisons, ['not-masqueraded']).map(({node, addresses, evidence, faults}) => ({
        code: 'rules-missing-masquerade' as const, subject: nodeSubject(node), evidence,
        args: {
          service: nameOf(service), node, addresses,
          reason: faults.some(({reason}) => reason === 'marked') ? 'marked' as const : 'not-marked' as const,
          outside: together(faults.filter(({whose}) => whose === 'outside')), itself: together(faults.filter(({whose}) => whose === 'itself')),
        },
      })),
      ...rightNodes(comparisons),
    };
  },
});

function together(faults: readonly {readonly endpoints: readonly string[]; readonly share: number}[]): {endpoints: string[]; share: number} | null {
  return faults.length === 0 ? null : {endpoints: [...new Set(faults.flatMap(({endpoints}) => endpoints))].sort(), share: Math.max(...faults.map(({share}) => share))};
}
