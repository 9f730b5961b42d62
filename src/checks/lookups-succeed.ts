import {dataOf} from '../model/dns/heard.ts';
import {type DnsLookup, lookupsOf, saidOf} from '../model/dns/lookups.ts';
import type {Cell} from '../model/dns/heard.ts';
import {check, type Found} from './check.ts';
import {exchanges} from './dns-cells.ts';
import {confEvidence, subjectOf, whoOf} from './dns-who.ts';

type Own = 'lookup-failed' | 'name-does-not-exist' | 'search-stopped-early' | 'ndots-query-amplification';

/** From this many times the least number of queries on, a lookup is told to be dear. */
const dear = 3;

export default check({
  id: 'lookups-succeed',
  link: 'DNS answers',
  question: 'The names are found from each place',
  needs: ['resolvers', 'dnsAnswers', 'dnsTarget'],
  can: ['lookup-failed', 'name-does-not-exist', 'search-stopped-early', 'ndots-query-amplification'],
  run: ({resolvers, dnsAnswers, dnsTarget}) => {
    // busybox's nslookup walks no search list for a name with a dot: that is its way, and no fault (the programs' own lookup counts).
    const lookups = lookupsOf(resolvers, dnsAnswers).filter(({libc, resolver}) => libc.libc.kind !== 'busybox' || resolver.libcs.every(each => each.libc.kind === 'busybox'));
    if (lookups.length === 0) return {skipped: 'there is no place to look a name up from'};
    const undone = lookups.filter(({done, expansion}) => done === null && expansion.silence === null);
    const findings = lookups.flatMap((lookup): Found<Own>[] => judge(lookup, dnsTarget.name !== null));
    const unknown = undone.map(({resolver, expansion}) => ({subject: subjectOf(resolver.at), unknown: {why: 'lost' as const, detail: `not every answer for ${expansion.lookup.name.text} was heard`}}));
    const found = lookups.filter(({done}) => done?.outcome === 'found');
    return {findings, unknown, note: `${found.length} of ${lookups.length} lookups`};
  },
});

/** `asked`: by the user; of the names that kdiag chose by itself only the cluster's own must be found. */
function judge(lookup: DnsLookup, asked: boolean): Found<Own>[] {
  const {resolver, expansion, done, cells} = lookup;
  const name = expansion.lookup.name.text;
  if (done === null || resolver.hosts[name] !== undefined || (!asked && name !== 'kubernetes.default')) return [];
  const who = whoOf(resolver.at);
  const all = [...cells.values()].flat();
  const one = {subject: {...subjectOf(resolver.at)}, evidence: [confEvidence(resolver), ...exchanges(all, 6)]};
  const least = expansion.lookup.types.length;
  if (done.outcome === 'found') {
    const {settings: {ndots}} = expansion;
    if (!asked || done.sent.length < least * dear) return [];
    return [{code: 'ndots-query-amplification', ...one, args: {name, who, queries: done.sent.length, least, ndots, libc: expansion.libc.kind}}];
  }
  // a later candidate that exists: this libc would have found it, had it gone on
  const last = done.steps.at(-1);
  const better = expansion.candidates.findIndex((_, i) => !done.steps.some(({candidate}) => candidate === i) && (cells.get(i) ?? []).some(cell => dataOf(cell).length > 0));
  const stopper = last === undefined ? undefined : expansion.candidates[last.candidate];
  if (better >= 0 && stopper !== undefined && last !== undefined) {
    const said = (cells.get(last.candidate) ?? []).map(saidOf)[0] ?? last.result;
    return [{code: 'search-stopped-early', ...one, args: {name, who, libc: expansion.libc.kind, candidate: `${stopper.name}.`, rcode: said}}];
  }
  if (done.outcome === 'try-again' || done.outcome === 'failed') return [{code: 'lookup-failed', ...one, args: {name, who, detail: `the servers say ${failuresOf(all)}`}}];
  return [{code: 'name-does-not-exist', ...one, args: {reason: done.outcome, name, who, detail: done.outcome === 'no-data' ? 'it exists, and has no record of that type' : 'no candidate of its search list exists', nearest: []}}];
}

function failuresOf(cells: readonly Cell[]): string {
  const said = [...new Set(cells.map(saidOf))].filter(each => each !== 'NXDOMAIN' && !/^[0-9a-f.:]+$/i.test(each));
  return (said.includes('refused') ? ['refused'] : said).join(', ').replaceAll('-', ' ') || 'nothing';
}
