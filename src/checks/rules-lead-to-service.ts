import {nodeSubject} from '../findings/finding.ts';
import {check} from './check.ts';
import {faultsByNode, nothingToCompare, rightNodes} from './rule-faults.ts';

export default check({
  id: 'rules-lead-to-service',
  link: 'Node rules',
  question: 'The rules lead from its addresses to its chains',
  needs: ['services', 'comparisons'],
  can: ['rules-missing-service', 'rules-jump-missing', 'rules-reject-despite-endpoints', 'ipvs-address-not-bound', 'ipvs-set-incomplete'],
  run: ({services, comparisons}) => {
    const nothing = nothingToCompare(services, comparisons);
    if (nothing !== null) return {skipped: nothing};
    return {
      findings: [
        ...faultsByNode(comparisons, ['service-missing']).map(({node, args, sure, evidence}) => ({code: 'rules-missing-service' as const, subject: nodeSubject(node), ...sure, args, evidence})),
        ...faultsByNode(comparisons, ['reject-despite-endpoints']).map(({node, args, sure, evidence}) => ({code: 'rules-reject-despite-endpoints' as const, subject: nodeSubject(node), ...sure, args, evidence})),
        ...faultsByNode(comparisons, ['jump-missing']).map(({node, args, sure, evidence, faults}) => ({code: 'rules-jump-missing' as const, subject: nodeSubject(node), ...sure, args: {...args, chain: faults[0]?.chain ?? ''}, evidence})),
        ...faultsByNode(comparisons, ['vip-unbound']).map(({node, args, sure, evidence}) => ({code: 'ipvs-address-not-bound' as const, subject: nodeSubject(node), ...sure, args, evidence})),
        ...faultsByNode(comparisons, ['set-lacks']).map(({node, args, sure, evidence, faults}) => ({code: 'ipvs-set-incomplete' as const, subject: nodeSubject(node), ...sure, args: {...args, set: faults[0]?.set ?? ''}, evidence})),
      ],
      ...rightNodes(comparisons),
    };
  },
});
