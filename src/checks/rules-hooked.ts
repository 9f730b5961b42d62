import {nodeSubject} from '../findings/finding.ts';
import {check} from './check.ts';
import {faultsByNode, nothingToCompare, rightNodes} from './rule-faults.ts';

export default check({
  id: 'rules-hooked',
  link: 'Node rules',
  question: "New connections reach kube-proxy's rules",
  needs: ['services', 'comparisons'],
  can: ['rules-never-synced', 'rules-hook-missing'],
  run: ({services, comparisons}) => {
    const nothing = nothingToCompare(services, comparisons);
    if (nothing !== null) return {skipped: nothing};
    const never = faultsByNode(comparisons, ['never-synced']).map(({node, args, sure, evidence}) => ({code: 'rules-never-synced' as const, subject: nodeSubject(node), ...sure, args, evidence}));
    const unhooked = faultsByNode(comparisons, ['hook-missing', 'bypassed']).map(({node, args, sure, evidence, faults}) => {
      const hooks = [...new Set(faults.flatMap(fault => (fault.kind === 'hook-missing' ? [fault.hook] : fault.evidence.map(({table, chain}) => `${table} ${chain}`))))].sort();
      return {code: 'rules-hook-missing' as const, subject: nodeSubject(node), ...sure, args: {...args, hooks, bypassed: faults.every(({kind}) => kind === 'bypassed')}, evidence};
    });
    return {findings: [...never, ...unhooked], ...rightNodes(comparisons)};
  },
});
