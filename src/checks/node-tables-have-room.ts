import {isKnown} from '../cluster/answer.ts';
import {evidence, nodeSubject} from '../findings/finding.ts';
import {check, type Found} from './check.ts';

/** Of what may be: beyond it the next connection, or neighbour, is likely refused. */
const full = 0.95;

export default check({
  id: 'node-tables-have-room',
  link: 'Pod network',
  question: "Each node's tables of connections and neighbours have room",
  needs: ['networks'],
  can: ['conntrack-table-full', 'neighbour-table-full'],
  run: ({networks}) => {
    const known = [...networks].flatMap(([node, answer]) => (isKnown(answer) ? [{node, network: answer.known}] : []));
    if (known.length === 0) return {skipped: "no node's tables were read"};
    const findings = known.flatMap(({node, network: {sysctls, neighbours}}): Found<'conntrack-table-full' | 'neighbour-table-full'>[] => {
      const [count, most, threshold] = ['netfilter/nf_conntrack_count', 'netfilter/nf_conntrack_max', 'ipv4/neigh/default/gc_thresh3'].map(name => Number(sysctls[`net/${name}`] ?? Number.NaN)) as [number, number, number];
      const entries = neighbours.filter(({permanent}) => !permanent).length;
      return [
        ...(count >= most * full && most > 0 ? [{code: 'conntrack-table-full' as const, subject: nodeSubject(node), args: {node, count, most}, evidence: [evidence('file', `/proc/sys/net/netfilter of ${node}`, `nf_conntrack_count = ${count}, nf_conntrack_max = ${most}`)]}] : []),
        ...(entries >= threshold * full && threshold > 0 ? [{code: 'neighbour-table-full' as const, subject: nodeSubject(node), args: {node, entries, most: threshold}, evidence: [evidence('file', `/proc/net/arp of ${node}`, `${entries} entries, gc_thresh3 = ${threshold}`)]}] : []),
      ];
    });
    return {findings, note: `on ${known.length} nodes`};
  },
});
