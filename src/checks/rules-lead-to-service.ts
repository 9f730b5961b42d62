import {nodeSubject} from '../findings/finding.ts';
import {check} from './check.ts';
import {faultsByNode, nothingToCompare, rightNodes} from './rule-faults.ts';
import {nameOf, noService} from './service-subject.ts';

export default check({
  id: 'rules-lead-to-service',
  link: 'Node rules',
  question: 'The rules lead from its addresses to its chains',
  needs: ['service', 'comparisons'],
  can: ['rules-missing-service', 'rules-jump-missing', 'rules-reject-despite-endpoints'],
  run: ({service, comparisons}) => {
    if (service === null) return {skipped: noService};
    const nothing = nothingToCompare(comparisons);
    if (nothing !== null) return {skipped: nothing};
    const base = (node: string, addresses: readonly string[]) => ({subject: nodeSubject(node), args: {service: nameOf(service), node, addresses}});
    return {
      findings: [
        ...faultsByNode(comparisons, ['service-missing']).map(({node, addresses, evidence}) => ({code: 'rules-missing-service' as const, ...base(node, addresses), evidence})),
        ...faultsByNode(comparisons, ['reject-despite-endpoints']).map(({node, addresses, evidence}) => ({code: 'rules-reject-despite-endpoints' as const, ...base(node, addresses), evidence})),
        ...faultsByNode(comparisons, ['jump-missing']).map(({node, addresses, evidence, faults}) => ({code: 'rules-jump-missing' as const, subject: nodeSubject(node), args: {service: nameOf(service), node, addresses, chain: faults[0]?.chain ?? ''}, evidence})),
      ],
      ...rightNodes(comparisons),
    };
  },
});
