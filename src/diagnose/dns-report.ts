import {isKnown} from '../cluster/answer.ts';
import type {Facts} from '../facts/facts.ts';
import {type Cell, codeOf, count, dataOf, median, triesOf} from '../model/dns/heard.ts';
import {type DnsLookup, lookupsOf, saidOf} from '../model/dns/lookups.ts';
import type {DnsPlace} from '../model/dns/place.ts';
import type {Resolver} from '../model/dns/resolver.ts';

/** What `kdiag dns` has seen, beside its verdict. */
export interface DnsReport {
  /** The domain that CoreDNS serves. */
  readonly domain: string;
  readonly resolvers: readonly ReportedResolver[];
  readonly lookups: readonly ReportedLookup[];
  /** Who was asked from where, over which protocol, and what came back. */
  readonly matrix: readonly MatrixCell[];
}

export interface ReportedPlace {
  readonly kind: 'Node' | 'Pod';
  readonly namespace: string | null;
  readonly name: string;
  readonly node: string;
}

export interface ReportedResolver {
  readonly at: ReportedPlace;
  /** `expected`: it could not be read, and is what the kubelet should have written. */
  readonly source: 'read' | 'expected' | 'none';
  readonly nameservers: readonly string[];
  readonly search: readonly string[];
  readonly options: readonly string[];
  /** Whose order lookups follow, and how that was recognised. */
  readonly libcs: readonly {readonly kind: string; readonly seen: string; readonly sure: boolean}[];
  /** Why it could not be read. */
  readonly why?: string;
}

export interface ReportedLookup {
  readonly at: ReportedPlace;
  readonly name: string;
  readonly libc: string;
  /** Null: not every answer that decides was heard. */
  readonly outcome: string | null;
  /** The candidate that gave the result. */
  readonly winner: string | null;
  /** Queries that it cost; null with `outcome`. */
  readonly queries: number | null;
  /** Queries where no candidate exists. */
  readonly most: number;
  /** In the order in which this libc asks. */
  readonly candidates: readonly {
    readonly name: string;
    /** The search domain that was appended; null: the name as it stands. */
    readonly domain: string | null;
    /** False: an earlier candidate had ended the lookup. */
    readonly asked: boolean;
    readonly answers: readonly {readonly type: string; readonly server: string; readonly said: string; readonly ms: number | null}[];
  }[];
}

export interface MatrixCell {
  readonly from: ReportedPlace;
  readonly to: {readonly kind: 'vip' | 'pod' | 'nameserver' | 'upstream'; readonly name: string; readonly address: string; readonly port: number};
  readonly protocol: 'UDP' | 'TCP';
  readonly question: {readonly name: string; readonly type: string};
  readonly tries: number;
  readonly answered: number;
  /** Of the last answer, or how it failed. */
  readonly said: string;
  readonly ms: {readonly median: number; readonly most: number} | null;
  readonly failures: Readonly<Record<string, number>>;
  /** How it was sent; null: it was not. */
  readonly via: string | null;
  /** Why it was not asked. */
  readonly why?: string;
}

export function dnsReport({clusterDomain, resolvers, dnsAnswers}: Pick<Facts, 'clusterDomain' | 'resolvers' | 'dnsAnswers'>): DnsReport {
  return {
    domain: clusterDomain,
    resolvers: resolvers.map(resolverOf),
    lookups: lookupsOf(resolvers, dnsAnswers).map(lookupOf),
    matrix: dnsAnswers.filter(({purpose}) => purpose === 'cluster' || purpose === 'external').map(cellOf),
  };
}

function placeOf({place: {node, pod}}: DnsPlace): ReportedPlace {
  return pod === null ? {kind: 'Node', namespace: null, name: node, node} : {kind: 'Pod', namespace: pod.namespace, name: pod.name, node};
}

function resolverOf({at, source, conf, nameservers, libcs, lacking}: Resolver): ReportedResolver {
  return {
    at: placeOf(at), source, nameservers, search: conf.search, options: conf.options.map(({name, value}) => (value === null ? name : `${name}:${value}`)),
    libcs: libcs.map(({libc, seen, sure}) => ({kind: libc.kind, seen, sure})), ...(lacking === null ? {} : {why: lacking.detail}),
  };
}

function lookupOf({resolver, expansion, done, cells, most}: DnsLookup): ReportedLookup {
  const asked = new Set(done?.sent.map(({candidate}) => candidate));
  return {
    at: placeOf(resolver.at), name: expansion.lookup.name.text, libc: expansion.libc.kind, most,
    outcome: done?.outcome ?? null, winner: done === null || done.winner === null ? null : expansion.candidates[done.winner]?.name ?? null, queries: done === null ? null : done.sent.length,
    candidates: expansion.candidates.map(({name, domain}, i) => ({
      name, domain, asked: done === null || asked.has(i),
      answers: (cells.get(i) ?? []).map(cell => ({type: cell.ask.type, server: cell.server.address, said: saidOf(cell), ms: rounded(median(count([cell]).ms))})),
    })),
  };
}

function cellOf(cell: Cell): MatrixCell {
  const {tries, answered, failures, ms} = count([cell]);
  const middle = median(ms);
  return {
    from: placeOf(cell.from), to: cell.server, protocol: cell.ask.protocol === 'udp' ? 'UDP' : 'TCP', question: {name: cell.ask.name, type: cell.ask.type}, tries, answered,
    said: triesOf([cell]).length === 0 ? 'nothing' : [codeOf(cell), ...dataOf(cell).slice(0, 4), ...extendedErrors(cell).map(text => `(${text})`)].join(' '), failures,
    ms: middle === null ? null : {median: rounded(middle) ?? 0, most: rounded(ms.at(-1) ?? middle) ?? 0},
    via: isKnown(cell.heard) ? cell.heard.known.via : null, ...(isKnown(cell.heard) ? {} : {why: cell.heard.unknown.detail}),
  };
}

/** RFC 8914: why the server could not do better. */
function extendedErrors(cell: Cell): string[] {
  return [...new Set(triesOf([cell]).flatMap(({message}) => message?.extendedErrors ?? []))];
}

function rounded(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms * 10) / 10;
}
