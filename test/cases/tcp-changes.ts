import {type Answer, isKnown, known} from '../../src/cluster/answer.ts';
import type {Place} from '../../src/cluster/dns.ts';
import {placeName, viaProbe} from '../../src/cluster/dns-tries.ts';
import type {Exchange} from '../../src/cluster/recording/recording.ts';
import type {TcpAnswers, TcpAsk, TcpAsked, TcpTry, TlsCertificate} from '../../src/cluster/tcp.ts';
import {fits, textOf} from './whom.ts';

/** Which questions to TCP ports, and what comes of them instead. The last change that fits counts. */
export type TcpChange = {readonly tcp: Asked} & (
  /** A connection stands, and is answered as somebody in this world was; in a certificate, some fields differ. */
  | {readonly outcome: 'connected'; readonly certificate?: Partial<Pick<TlsCertificate, 'sans' | 'notBefore' | 'notAfter'>>}
  /** None stands, unless `connected` says that it failed later; of `tries`, only the last so many. `icmp` is who says so. */
  | {readonly outcome: Exclude<TcpTry['outcome'], 'connected' | 'answered' | 'malformed'>; readonly tries?: number; readonly icmp?: string; readonly connected?: true}
  /** In what was answered over HTTP, each match of this regular expression is another text. */
  | {readonly pattern: string; readonly with: string}
  /** Not asked at all. */
  | {readonly unasked: {readonly why: 'timeout' | 'refused' | 'forbidden' | 'not-asked' | 'lost'; readonly detail: string}}
);

interface Asked {
  /** A node itself, or `NAMESPACE/NAME` of a pod; `*` matches anything, as when absent. */
  readonly from?: string;
  /** Anywhere on this node. */
  readonly on?: string;
  readonly address?: string;
  readonly port?: number;
  /** With more bytes than a packet takes, or without any; when absent, both. */
  readonly large?: boolean;
}

/** What is heard with the changes of a case. What was not recorded stays so, until a change speaks of it. */
function changedTcpAnswer(place: Place, ask: TcpAsk, recorded: Answer<TcpAsked>, exchanges: readonly Exchange[], changes: readonly TcpChange[]): Answer<TcpAsked> {
  return changes.filter(({tcp}) => isAsked(tcp, place, ask)).reduce<Answer<TcpAsked>>((answer, change) => {
    if ('unasked' in change) return {unknown: change.unasked};
    if ('pattern' in change) return isKnown(answer) ? known({...answer.known, tries: answer.known.tries.map(each => rewritten(each, patternOf(change, exchanges), change.with))}) : answer;
    const via = isKnown(answer) ? answer.known.via : viaProbe(placeName(place));
    const before: readonly (TcpTry | null)[] = isKnown(answer) ? answer.known.tries : Array.from({length: ask.tries}, () => null);
    if (change.outcome === 'connected') return known({ask, via, tries: before.map(() => withCertificate(aHealthyTry(ask, exchanges), change.certificate ?? {}))});
    const left = before.length - Math.min(change.tries ?? before.length, before.length);
    const micros = change.outcome === 'timed-out' ? ask.timeoutMs * 1000 : 200;
    const icmp = change.icmp === undefined ? null : {type: 3, code: change.outcome === 'refused' ? 3 : 1, from: change.icmp};
    return known({ask, via, tries: before.map((each, i) => (i < left ? each ?? aHealthyTry(ask, exchanges) : {outcome: change.outcome, detail: null, connectMicros: change.connected === true ? 150 : null, micros, icmp, http: null, tls: null}))});
  }, recorded);
}

function rewritten(each: TcpTry, pattern: RegExp, by: string): TcpTry {
  return each.http === null ? each : {...each, http: {...each.http, body: each.http.body.replaceAll(pattern, by)}};
}

/** One that matches nothing in this world would change nothing. */
function patternOf({pattern}: {readonly pattern: string}, exchanges: readonly Exchange[]): RegExp {
  const found = new RegExp(pattern, 'gm');
  const bodies = exchanges.flatMap(each => (each.ask === 'tcp' && isKnown(each.answer) ? each.answer.known.tries.map(({http}) => http?.body ?? '') : []));
  if (!bodies.some(body => body.search(found) >= 0)) throw new Error(`nothing that was answered matches ${pattern}`);
  return found;
}

function isAsked({from, on, address, port, large}: Asked, place: Place, {what, ...ask}: TcpAsk): boolean {
  return fits(from, textOf(place)) && fits(on, place.node) && fits(address, ask.address) && (port ?? ask.port) === ask.port && (large ?? isLarge(what)) === isLarge(what);
}

function isLarge(what: TcpAsk['what']): boolean {
  return what.kind === 'connect' && what.payload > 1_000;
}

/** As somebody in this world was answered who asked for the same; a connection needs no words. */
function aHealthyTry({what}: TcpAsk, exchanges: readonly Exchange[]): TcpTry {
  const tries = exchanges.flatMap(each => (each.ask === 'tcp' && each.question.what.kind === what.kind && isKnown(each.answer) ? each.answer.known.tries : []));
  const found = tries.find(({outcome, tls}) => (what.kind === 'tls' ? (tls?.chain.length ?? 0) > 0 : outcome === 'connected' || outcome === 'answered'));
  if (found !== undefined) return found;
  if (what.kind === 'connect') return {outcome: 'connected', detail: null, connectMicros: 150, micros: 150, icmp: null, http: null, tls: null};
  throw new Error(`in this world nobody was answered over ${what.kind}`);
}

function withCertificate(each: TcpTry, fields: Partial<TlsCertificate>): TcpTry {
  const [own, ...issuers] = each.tls?.chain ?? [];
  return each.tls === null || own === undefined ? each : {...each, tls: {...each.tls, chain: [{...own, ...fields}, ...issuers]}};
}

/** All at once, as they are asked. */
export function changedTcpAnswers(place: Place, asks: readonly TcpAsk[], recorded: TcpAnswers, exchanges: readonly Exchange[], changes: readonly TcpChange[]): TcpAnswers {
  return asks.map((ask, i) => changedTcpAnswer(place, ask, recorded[i] ?? {unknown: {why: 'not-recorded', detail: 'not recorded'}}, exchanges, changes));
}
