import {isKnown, type Unknown} from '../cluster/answer.ts';
import {type Evidence, evidence, type Subject, subject} from '../findings/finding.ts';
import {type ApiCell, isAnswered, targetText, triesOf} from '../model/apiserver/questions.ts';
import {placeText} from '../model/dns/place.ts';

export const apiserverSubject: Subject = subject('Service', 'default', 'kubernetes');

/** Share of tries that were answered; null: nothing was tried. */
export function shareOf(cells: readonly ApiCell[]): number | null {
  const tries = triesOf(cells);
  return tries.length === 0 ? null : tries.filter(isAnswered).length / tries.length;
}

/** How most of the tries failed; a refusal or an unreachable host says more than silence. */
export function failureOf(cells: readonly ApiCell[]): {readonly reason: 'refused' | 'no-route' | 'timed-out' | 'reset' | 'other'; readonly text: string} {
  const failed = triesOf(cells).filter(each => !isAnswered(each));
  const has = (...outcomes: readonly string[]): boolean => failed.some(({outcome}) => outcomes.includes(outcome));
  const icmp = failed.find(each => each.icmp !== null)?.icmp;
  const from = icmp === undefined || icmp === null || icmp.from === null ? '' : `, said by ${icmp.from}`;
  if (has('refused')) return {reason: 'refused', text: `connection refused${from}`};
  if (has('host-unreachable', 'no-route')) return {reason: 'no-route', text: `no route to host${from}`};
  if (has('reset', 'closed')) return {reason: 'reset', text: failed.some(({connectMicros}) => connectMicros !== null) ? 'connections stand, and are closed without a word of TLS' : 'connection reset'};
  return has('timed-out') ? {reason: 'timed-out', text: failed.every(({connectMicros}) => connectMicros !== null) ? 'connections stand, and nothing is said on them' : 'timed out'} : {reason: 'other', text: failed[0]?.detail ?? 'no answer'};
}

/** One line a place: what was asked, and what came of it. */
export function attempts(cells: readonly ApiCell[], most = 6): Evidence[] {
  const lines = cells.map(cell => {
    const tries = triesOf([cell]);
    const answered = tries.filter(isAnswered).length;
    return evidence('probe', `asked from ${placeText(cell.from)}${isKnown(cell.heard) ? ` (${cell.heard.known.via})` : ''}`, `TCP ${targetText(cell.target)}: ${answered} of ${tries.length} answered${answered === tries.length ? '' : `, ${failureOf([cell]).text}`}`);
  });
  return lines.length > most ? [...lines.slice(0, most), evidence('probe', 'asked', `… and ${lines.length - most} more`)] : lines;
}

export function unasked(cells: readonly ApiCell[]): {readonly subject: Subject; readonly unknown: Unknown}[] {
  const found = new Map<string, {readonly subject: Subject; readonly unknown: Unknown}>();
  for (const {from: {place: {pod, node}}, heard} of cells) if (!isKnown(heard)) found.set(`${node} ${pod?.name}`, {subject: pod === null ? subject('Node', null, node) : subject('Pod', pod.namespace, pod.name), unknown: heard.unknown});
  return [...found.values()];
}
