import {evidence, nodeSubject} from '../findings/finding.ts';
import {check, type Found} from './check.ts';
import {knownNetworks, unreadNetworks} from './network-subject.ts';

/** Of what may be: beyond it the next connection is likely refused. */
const full = 0.95;

export default check({
  id: 'connections-fit',
  link: 'Connection tracking',
  question: "Each node's table of connections has room",
  needs: ['networks'],
  can: ['conntrack-table-full'],
  run: ({networks}) => {
    const known = knownNetworks(networks);
    const unread = unreadNetworks(networks);
    if (unread !== null) return {skipped: unread};
    const findings = known.flatMap(({node, network: {sysctls}}): Found<'conntrack-table-full'>[] => {
      const [count, most] = [Number(sysctls['net/netfilter/nf_conntrack_count'] ?? 0), Number(sysctls['net/netfilter/nf_conntrack_max'] ?? 0)];
      return most > 0 && count >= most * full ? [{code: 'conntrack-table-full', subject: nodeSubject(node), args: {node, count, most}, evidence: [evidence('file', `/proc/sys/net/netfilter of ${node}`, `nf_conntrack_count = ${count}, nf_conntrack_max = ${most}`)]}] : [];
    });
    return {findings, note: `on ${known.length} ${known.length === 1 ? 'node' : 'nodes'}`};
  },
});
