import {isKnown} from '../cluster/answer.ts';
import type {Facts} from '../facts/facts.ts';
import type {ArgsOf} from '../findings/codes.ts';
import {subject} from '../findings/finding.ts';
import {type Cell, codeOf, dataOf} from '../model/dns/heard.ts';
import {isDnsServer, isNodeCache} from '../model/dns/servers.ts';
import {type DnsLookup, lookupsOf, saidOf} from '../model/dns/lookups.ts';
import {whyNoName, type WhyNoName} from '../model/dns/why-no-name.ts';
import {check, type Found} from './check.ts';
import {exchanges} from './dns-cells.ts';
import {confEvidence, subjectOf, whoOf} from './dns-who.ts';

type Own = 'lookup-failed' | 'external-name-unresolvable' | 'name-does-not-exist' | 'search-stopped-early' | 'ndots-query-amplification';

/** From this many times the least number of queries on, a lookup is told to be dear. */
const dear = 3;

export default check({
  id: 'lookups-succeed',
  link: 'DNS answers',
  question: 'The names are found from each place',
  needs: ['resolvers', 'dnsAnswers', 'dnsTarget'],
  hopes: ['nameRecords'],
  can: ['lookup-failed', 'external-name-unresolvable', 'name-does-not-exist', 'search-stopped-early', 'ndots-query-amplification'],
  run: ({resolvers, dnsAnswers, dnsTarget, nameRecords}) => {
    const records = isKnown(nameRecords) ? nameRecords.known : [];
    // busybox's nslookup walks no search list for a name with a dot: that is its way, and no fault (the programs' own lookup counts).
    // A node stands for its pods where none of them is looked from.
    const clients = resolvers.filter(({at}) => at.pod !== null || !resolvers.some(other => other.at.pod !== null && other.at.place.node === at.place.node));
    const lookups = lookupsOf(clients, dnsAnswers).filter(({libc, resolver}) => libc.libc.kind !== 'busybox' || resolver.libcs.every(each => each.libc.kind === 'busybox'));
    if (lookups.length === 0) return {skipped: 'there is no place to look a name up from'};
    const undone = lookups.filter(({done, expansion}) => done === null && expansion.silence === null);
    const findings = lookups.flatMap((lookup): Found<Own>[] => judge(lookup, dnsTarget.name !== null, records));
    const unknown = undone.map(({resolver, expansion}) => ({subject: subjectOf(resolver.at), unknown: {why: 'lost' as const, detail: `not every answer for ${expansion.lookup.name.text} was heard`}}));
    const found = lookups.filter(({done}) => done?.outcome === 'found');
    return {findings, unknown, note: `${found.length} of ${lookups.length} lookups`};
  },
});

/** `asked`: by the user; of the names that kdiag chose by itself only the cluster's own must be found. */
function judge(lookup: DnsLookup, asked: boolean, records: Facts['nameRecords']): Found<Own>[] {
  const {resolver, expansion, done, cells} = lookup;
  const name = expansion.lookup.name.text;
  const {pod} = resolver.at;
  const standsApart = pod !== null && (isDnsServer(pod) || isNodeCache(pod)); // asks outside on purpose
  const inHosts = resolver.hosts[name] !== undefined || (pod === null && name.toLowerCase() === 'localhost'); // the kubelet's /etc/hosts has it for all pods
  if (done === null || inHosts || (!asked && (name !== 'kubernetes.default' || standsApart))) return [];
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
  // silence, and a server that nobody runs, end any libc's lookup: that is no matter of its search list
  if (better >= 0 && stopper !== undefined && last !== undefined && last.result !== 'timed-out' && last.result !== 'unreachable') {
    const said = (cells.get(last.candidate) ?? []).map(saidOf)[0] ?? last.result;
    return [{code: 'search-stopped-early', ...one, args: {name, who, libc: expansion.libc.kind, candidate: `${stopper.name}.`, rcode: said}}];
  }
  // One silent server among answers is no proof that the name is missing; a search domain of the node's that is served badly is none of its existence.
  const open = expansion.candidates.flatMap(({domain}, i) => (cells.get(i) ?? []).filter(cell => !isAnswer(cell) && !(domain !== null && resolver.strays.includes(domain.replace(/\.$/, '')) && /^[A-Z]+$/.test(codeOf(cell)))));
  if (open.length > 0) return [{code: 'lookup-failed', ...one, args: {name, who, detail: `the servers say ${failuresOf(open)}`}}];
  const best = whyNoName(records.filter(({name: candidate}) => expansion.candidates.some(each => each.name === candidate)));
  const alias = best?.answer.follow ?? (best?.why?.why === 'external-name-target' ? best.why.target : null);
  if (best !== null && alias !== null && best.answer.asked.kind === 'service') {
    const {namespace, service} = best.answer.asked;
    return [{code: 'external-name-unresolvable', subject: subject('Service', namespace, service), evidence: one.evidence, args: {service: `${namespace}/${service}`, externalName: alias, rcode: (cells.get(expansion.candidates.findIndex(each => each.name === best.candidate)) ?? []).map(saidOf)[0] ?? done.outcome}}];
  }
  return [{code: 'name-does-not-exist', ...one, args: {name, who, ...nonexistence(best, done.outcome)}}];
}

/** That a name exists, or that it does not. */
function isAnswer(cell: Cell): boolean {
  return ['NOERROR', 'NXDOMAIN'].includes(codeOf(cell));
}

function failuresOf(cells: readonly Cell[]): string {
  const said = [...new Set(cells.map(saidOf))].filter(each => each !== 'NXDOMAIN' && !/^[0-9a-f.:]+$/i.test(each));
  return (said.includes('refused') ? ['refused'] : said).join(', ').replaceAll('-', ' ') || 'nothing';
}

type Missing = Omit<ArgsOf['name-does-not-exist'], 'name' | 'who'>;

/** What the API says of the candidate that tells most. */
function nonexistence(best: WhyNoName | null, outcome: string): Missing {
  const why = best?.why ?? null;
  const nothing = {namespace: null, service: null, meant: null, has: [], target: null};
  if (best === null || why === null) return {...nothing, reason: outcome === 'no-data' ? 'no-data' : 'unknown'};
  const {asked} = best.answer;
  const own = asked.kind === 'service' ? {namespace: asked.namespace, service: asked.service} : {};
  switch (why.why) {
    case 'no-service': {
      const meant = why.elsewhere[0] !== undefined ? `${why.service}.${why.elsewhere[0]}` : why.swapped ? `${why.namespace}.${why.service}` : why.nearest === null ? null : `${why.nearest}.${why.namespace}`;
      return {...nothing, ...own, reason: why.swapped && why.elsewhere.length === 0 ? 'swapped' : 'no-service', meant};
    }
    case 'no-namespace': return {...nothing, ...own, reason: 'no-namespace', namespace: why.namespace, meant: why.nearest === null || asked.kind !== 'service' ? null : `${asked.service}.${why.nearest}`};
    case 'outside': case 'no-svc-or-pod': return {...nothing, reason: why.why, meant: why.meant};
    case 'too-long': return {...nothing, reason: 'no-svc-or-pod', meant: why.meant};
    case 'no-such-endpoint': case 'no-such-port': return {...nothing, ...own, reason: why.why, has: why.has};
    case 'only-type': return {...nothing, ...own, reason: 'only-type', has: why.types};
    case 'no-pod': return {...nothing, reason: 'no-pod', namespace: why.namespace};
    case 'external-name-is-address': case 'external-name-loop': case 'external-name-target': return {...nothing, ...own, reason: why.why, target: why.target};
    case 'own-service': case 'unread': case 'no-endpoints-of-external-name': return {...nothing, ...own, reason: 'unknown'};
    default: return {...nothing, ...own, reason: why.why};
  }
}
