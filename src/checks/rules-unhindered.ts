import {nodeSubject} from '../findings/finding.ts';
import {check} from './check.ts';
import {faultsByNode, nothingToCompare, rightNodes} from './rule-faults.ts';

export default check({
  id: 'rules-unhindered',
  link: 'Node rules',
  question: 'No other rule stops its traffic',
  needs: ['services', 'comparisons'],
  can: ['rules-foreign-drop', 'forward-policy-drop', 'load-balancer-source-ranges-exclude-client'],
  run: ({services, comparisons}) => {
    const nothing = nothingToCompare(services, comparisons);
    if (nothing !== null) return {skipped: nothing};
    return {
      findings: [
        ...faultsByNode(comparisons, ['foreign-drop']).map(({node, args, sure, evidence, faults}) => {
          const worst = faults.reduce((a, b) => (b.share > a.share ? b : a));
          return {code: 'rules-foreign-drop' as const, subject: nodeSubject(node), ...sure, args: {...args, rule: worst.evidence.at(-1)?.raw ?? '', table: worst.evidence.at(-1)?.table ?? '', chain: worst.evidence.at(-1)?.chain ?? '', with: worst.with, share: Math.min(1, worst.share)}, evidence};
        }),
        ...faultsByNode(comparisons, ['forward-policy']).map(({node, args, sure, evidence, faults}) => ({code: 'forward-policy-drop' as const, subject: nodeSubject(node), ...sure, args: {...args, share: Math.min(1, Math.max(...faults.map(({share}) => share)))}, evidence})),
        ...faultsByNode(comparisons, ['source-range']).map(({node, args, sure, evidence}) => ({code: 'load-balancer-source-ranges-exclude-client' as const, subject: nodeSubject(node), ...sure, args, evidence})),
      ],
      ...rightNodes(comparisons),
    };
  },
});
