import {isKnown} from '../cluster/answer.ts';
import {evidence, type FindingOf, nodeSubject, subject} from '../findings/finding.ts';
import {check, type Result} from './check.ts';
import {noService} from './service-subject.ts';

/** Whether the rest could be told at all. What was not read, or not understood, is never taken for right. */
export default check({
  id: 'rules-read',
  link: 'Node rules',
  question: "Each node's rules could be read",
  needs: ['services', 'comparisons', 'windowsNodes'],
  can: ['node-not-examined', 'debug-pod-refused', 'windows-node-not-examined'],
  run: ({services, comparisons, windowsNodes}) => {
    if (services.length === 0) return {skipped: noService};
    const windows = windowsNodes.map(({metadata}): FindingOf<'windows-node-not-examined'> => ({code: 'windows-node-not-examined', subject: nodeSubject(metadata.name), args: {node: metadata.name}, evidence: []}));
    if (comparisons.size === 0) return {skipped: 'no node is expected to have rules for this Service', findings: windows};
    const unread = [...comparisons].flatMap(([node, answer]) => (isKnown(answer) ? [] : [{node, unknown: answer.unknown}]));
    const open = [...comparisons].flatMap(([node, answer]) => {
      const undecided = isKnown(answer) ? answer.known.find(each => each.undecided !== null)?.undecided : undefined;
      return undecided ? [{node, unknown: {why: 'unparsed' as const, detail: `${undecided.because}, on which it depends here (table ${undecided.rule.table}): ${undecided.rule.raw}`}, rule: undecided.rule.raw}] : [];
    });
    const refused = unread.find(({unknown}) => unknown.why === 'refused');
    const found: (FindingOf<'node-not-examined'> | FindingOf<'debug-pod-refused'> | FindingOf<'windows-node-not-examined'>)[] = [
      ...windows,
      ...(refused === undefined ? [] : [{code: 'debug-pod-refused' as const, subject: subject('Cluster', null, 'debug-pods'), args: {why: refused.unknown.detail}, evidence: [evidence('object', 'POST pods (dry run)', refused.unknown.detail)]}]),
      ...unread.filter(({unknown}) => unknown.why !== 'not-asked' && unknown.why !== 'unsupported').map(({node, unknown}) => ({code: 'node-not-examined' as const, subject: nodeSubject(node), args: {node, why: unknown.detail}, evidence: []})),
      ...open.map(({node, unknown, rule}) => ({code: 'node-not-examined' as const, subject: nodeSubject(node), args: {node, why: unknown.detail}, evidence: [evidence('rule', `iptables-save on ${node}`, rule)]})),
    ];
    const unknown: Result['unknown'] = [...unread, ...open].map(each => ({subject: nodeSubject(each.node), unknown: each.unknown}));
    const passed = [...comparisons.values()].flatMap(answer => (isKnown(answer) ? answer.known.flatMap(({unfollowed}) => unfollowed ?? []) : []));
    const [assumed] = passed;
    return {findings: found, unknown, note: `on ${comparisons.size - unread.length - open.length} of ${comparisons.size} nodes${assumed === undefined ? '' : `; taken to let Service traffic pass, as kdiag cannot decide it: ${assumed.raw}`}`};
  },
});
