import {nodeSubject} from '../findings/finding.ts';
import {check} from './check.ts';
import {faultsByNode, nothingToCompare, rightNodes} from './rule-faults.ts';

export default check({
  id: 'rules-sender',
  link: 'Node rules',
  question: 'Endpoints see the sender that kube-proxy means them to see',
  needs: ['services', 'comparisons'],
  can: ['rules-masquerade-differs'],
  run: ({services, comparisons}) => {
    const nothing = nothingToCompare(services, comparisons);
    if (nothing !== null) return {skipped: nothing};
    // Where answers go astray, that is what is said.
    const worse = new Set(faultsByNode(comparisons, ['not-masqueraded']).map(({node}) => node));
    return {
      findings: faultsByNode(comparisons, ['other-sender']).filter(({node}) => !worse.has(node)).map(({node, args, evidence, faults}) => {
        const kept = faults.filter(({how}) => how === 'kept');
        const told = kept.length > 0 ? kept : faults;
        return {
          code: 'rules-masquerade-differs' as const, subject: nodeSubject(node), evidence,
          args: {
            ...args,
            how: kept.length > 0 ? 'kept' as const : 'hidden' as const,
            clients: [...new Set(told.map(({client}) => client))].sort(),
            endpoints: [...new Set(told.flatMap(({endpoints}) => endpoints))].sort(),
          },
        };
      }),
      ...rightNodes(comparisons),
    };
  },
});
