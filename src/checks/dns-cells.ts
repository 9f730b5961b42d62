import {isKnown, type Unknown} from '../cluster/answer.ts';
import type {Facts} from '../facts/facts.ts';
import {type Evidence, evidence, type Subject, subject} from '../findings/finding.ts';
import {type Cell, codeOf, type Count, count, dataOf, median} from '../model/dns/heard.ts';
import {placeText} from '../model/dns/place.ts';

/** What was heard over both protocols, from one place or from many. */
export interface Both {
  readonly udp: Count;
  readonly tcp: Count;
}

export function both(cells: readonly Cell[]): Both {
  const over = (protocol: 'udp' | 'tcp'): Count => count(cells.filter(({ask}) => ask.protocol === protocol));
  return {udp: over('udp'), tcp: over('tcp')};
}

export const isSilent = ({tries, answered}: Count): boolean => tries > 0 && answered === 0;
export const isWhole = ({tries, answered}: Count): boolean => tries === answered;

/** The share of tries that were answered; 1 where nothing was tried. */
export function shareOf(counts: readonly Count[]): number {
  const tries = counts.reduce((sum, each) => sum + each.tries, 0);
  return tries === 0 ? 1 : counts.reduce((sum, each) => sum + each.answered, 0) / tries;
}

/**
 * `timed out`, `refused`: how the tries failed. A refusal counts before silence: the kernel sends few of them a second
 * (net.ipv4.icmp_ratelimit), so that of many queries that are refused most look as if they were lost.
 */
export function failureText(counts: readonly Count[]): string {
  const sums = new Map<string, number>();
  for (const {failures} of counts) for (const [what, n] of Object.entries(failures)) sums.set(what, (sums.get(what) ?? 0) + n);
  if (sums.has('refused')) return 'refused';
  const astray = [...sums.keys()].filter(what => what.startsWith('answer from ')).sort()[0];
  if (astray !== undefined) return `${astray}, which resolvers drop`;
  const [first] = [...sums].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return first === undefined ? 'nothing' : first[0].replaceAll('-', ' ');
}

/** Places with their cells, in order. */
export function byPlace(cells: readonly Cell[]): Map<string, Cell[]> {
  return Map.groupBy(cells, ({from}) => placeText(from));
}

/** One line a place and protocol: what was asked of whom, and what came back. */
export function exchanges(cells: readonly Cell[], most = 8): Evidence[] {
  const lines = cells.map(cell => {
    const {tries, answered, failures, ms} = count([cell]);
    const middle = median(ms);
    const failed = Object.entries(failures).map(([what, n]) => `${n} ${what.replaceAll('-', ' ')}`);
    const told = [...(answered === 0 ? [] : [`${codeOf(cell)} ${dataOf(cell).slice(0, 3).join(' ')}`.trim()]), `${answered} of ${tries} answered`, ...failed, ...(middle === null ? [] : [`${middle.toFixed(1)} ms`])];
    return evidence('dns', `asked from ${placeText(cell.from)}${isKnown(cell.heard) ? ` (${cell.heard.known.via})` : ''}`, `${cell.ask.name}. ${cell.ask.type} @${cell.server.address}:${cell.server.port} over ${cell.ask.protocol.toUpperCase()}: ${told.join(', ')}`);
  });
  return lines.length > most ? [...lines.slice(0, most), evidence('dns', 'asked', `… and ${lines.length - most} more`)] : lines;
}

/** Places that could not be asked from, with the reason; each once. */
export function unasked(cells: readonly Cell[]): {readonly subject: Subject; readonly unknown: Unknown}[] {
  const found = new Map<string, {readonly subject: Subject; readonly unknown: Unknown}>();
  for (const {from, heard} of cells) {
    if (isKnown(heard)) continue;
    const {pod, node} = from.place;
    found.set(placeText(from), {subject: pod === null ? subject('Node', null, node) : subject('Pod', pod.namespace, pod.name), unknown: heard.unknown});
  }
  return [...found.values()];
}

/** Why the checks of answers have nothing to say, if so. */
export function nothingAsked(cells: Facts['dnsAnswers']): string | null {
  return cells.length === 0 ? 'there was nobody to ask, or nowhere to ask from' : null;
}
