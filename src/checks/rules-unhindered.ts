import {nodeSubject} from '../findings/finding.ts';
import {check} from './check.ts';
import {faultsByNode, nothingToCompare, rightNodes} from './rule-faults.ts';
import {nameOf, noService} from './service-subject.ts';

export default check({
  id: 'rules-unhindered',
  link: 'Node rules',
  question: 'No other rule stops its traffic',
  needs: ['service', 'comparisons'],
  can: ['rules-foreign-drop', 'forward-policy-drop', 'load-balancer-source-ranges-exclude-client'],
  run: ({service, comparisons}) => {
    if (service === null) return {skipped: noService};
    const nothing = nothingToCompare(comparisons);
    if (nothing !== null) return {skipped: nothing};
    const base = (node: string, addresses: readonly string[]) => ({service: nameOf(service), node, addresses});
    return {
      findings: [
        ...faultsByNode(comparisons, ['foreign-drop']).map(({node, addresses, evidence, faults}) => {
          const worst = faults.reduce((a, b) => (b.share > a.share ? b : a));
          return {code: 'rules-foreign-drop' as const, subject: nodeSubject(node), args: {...base(node, addresses), rule: worst.evidence.at(-1)?.raw ?? '', table: worst.evidence.at(-1)?.table ?? '', chain: worst.evidence.at(-1)?.chain ?? '', with: worst.with, share: worst.share}, evidence};
        }),
        ...faultsByNode(comparisons, ['forward-policy']).map(({node, addresses, evidence, faults}) => ({code: 'forward-policy-drop' as const, subject: nodeSubject(node), args: {...base(node, addresses), share: Math.max(...faults.map(({share}) => share))}, evidence})),
        ...faultsByNode(comparisons, ['source-range']).map(({node, addresses, evidence}) => ({code: 'load-balancer-source-ranges-exclude-client' as const, subject: nodeSubject(node), args: base(node, addresses), evidence})),
      ],
      ...rightNodes(comparisons),
    };
  },
});
