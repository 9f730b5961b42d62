import {nodeSubject} from '../findings/finding.ts';
import {check} from './check.ts';
import {faultsByNode, nothingToCompare, rightNodes} from './rule-faults.ts';
import {nameOf, noService} from './service-subject.ts';

export default check({
  id: 'rules-hooked',
  link: 'Node rules',
  question: "New connections reach kube-proxy's rules",
  needs: ['service', 'comparisons'],
  can: ['rules-never-synced', 'rules-hook-missing'],
  run: ({service, comparisons}) => {
    if (service === null) return {skipped: noService};
    const nothing = nothingToCompare(comparisons);
    if (nothing !== null) return {skipped: nothing};
    const args = {service: nameOf(service)};
    const never = faultsByNode(comparisons, ['never-synced']).map(({node, addresses, evidence}) => ({code: 'rules-never-synced' as const, subject: nodeSubject(node), args: {...args, node, addresses}, evidence}));
    const unhooked = faultsByNode(comparisons, ['hook-missing', 'bypassed']).map(({node, addresses, evidence, faults}) => {
      const hooks = [...new Set(faults.flatMap(fault => (fault.kind === 'hook-missing' ? [fault.hook] : fault.evidence.map(({table, chain}) => `${table} ${chain}`))))].sort();
      return {code: 'rules-hook-missing' as const, subject: nodeSubject(node), args: {...args, node, addresses, hooks, bypassed: faults.every(({kind}) => kind === 'bypassed')}, evidence};
    });
    return {findings: [...never, ...unhooked], ...rightNodes(comparisons)};
  },
});
