import {evidence, nodeSubject} from '../findings/finding.ts';
import {check, type Found} from './check.ts';
import {knownNetworks, unreadNetworks} from './network-subject.ts';

/** Of what may be: beyond it the next neighbour is likely not found. */
const full = 0.95;

export default check({
  id: 'neighbours-fit',
  link: 'Pod network',
  question: "Each node's table of neighbours has room",
  needs: ['networks'],
  can: ['neighbour-table-full'],
  run: ({networks}) => {
    const known = knownNetworks(networks);
    const unread = unreadNetworks(networks);
    if (unread !== null) return {skipped: unread};
    const findings = known.flatMap(({node, network: {sysctls, neighbours}}): Found<'neighbour-table-full'>[] => {
      const most = Number(sysctls['net/ipv4/neigh/default/gc_thresh3'] ?? 0);
      const entries = neighbours.filter(({permanent}) => !permanent).length;
      return most > 0 && entries >= most * full ? [{code: 'neighbour-table-full', subject: nodeSubject(node), args: {node, entries, most}, evidence: [evidence('file', `/proc/net/arp of ${node}`, `${entries} entries, gc_thresh3 = ${most}`)]}] : [];
    });
    return {findings, note: `on ${known.length} ${known.length === 1 ? 'node' : 'nodes'}`};
  },
});
