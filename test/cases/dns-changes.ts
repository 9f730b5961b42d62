import packet from 'dns-packet';
import {type Answer, isKnown, known} from '../../src/cluster/answer.ts';
import type {PlaceReading, Section} from '../../src/cluster/cluster.ts';
import type {DnsAsk, DnsAsked, DnsTry, Place} from '../../src/cluster/dns.ts';
import {messageId, placeName, readTry, viaProbe} from '../../src/cluster/dns-tries.ts';
import type {KubeObject, Service} from '../../src/cluster/objects.ts';
import type {Exchange} from '../../src/cluster/recording/recording.ts';
import {fits, textOf} from './whom.ts';

/** What a case changes of the files, or other sections, of places: `node1`, or `NAMESPACE/NAME` of a pod; `*` matches anything. */
export type PlaceChange =
  | {readonly place: string; readonly unread: {readonly why: 'timeout' | 'refused' | 'forbidden' | 'not-asked' | 'lost' | 'absent'; readonly detail: string}}
  | {readonly place: string; readonly section: string; readonly replace: string; readonly with: string} // text, every occurrence
  | {readonly place: string; readonly section: string; readonly stdout: string; readonly exit?: number; readonly stderr?: string}; // a whole section

/** Which questions, and what comes of them instead. The last change that fits counts. */
export type DnsChange = {readonly dns: Asked} & (
  /** Answered in some other way: what is not said here stays as it was, but a new rcode has no answers. */
  | {readonly rcode?: string; readonly answers?: readonly {readonly type: string; readonly data: unknown; readonly name?: string}[]; readonly ms?: number}
  /** Not answered; of `tries`, only the last so many. */
  | {readonly outcome: Exclude<DnsTry['outcome'], 'answered' | 'malformed'>; readonly detail?: string; readonly tries?: number}
  /** Answered, by another address than was asked; of `tries`, only the last so many. */
  | {readonly astray: string; readonly tries?: number}
  /** Not asked at all. */
  | {readonly unasked: {readonly why: 'timeout' | 'refused' | 'forbidden' | 'not-asked' | 'lost'; readonly detail: string}}
);

interface Asked {
  /** A node itself, or `NAMESPACE/NAME` of a pod; `*` matches anything, as when absent. */
  readonly from?: string;
  /** Anywhere on this node. */
  readonly on?: string;
  readonly server?: string;
  readonly protocol?: 'udp' | 'tcp';
  /** Without the final dot; `*` matches anything. */
  readonly name?: string;
  readonly type?: string;
}

/** A place's files with the changes of a case. A pod that was not recorded is taken to have the files of one that was. */
export function changedPlace(place: Place, recorded: Answer<PlaceReading>, exchanges: readonly Exchange[], changes: readonly PlaceChange[]): Answer<PlaceReading> {
  const others = exchanges.flatMap(each => (each.ask === 'place' && each.place.pod !== null && (each.place.pod.namespace === 'kube-system') === (place.pod?.namespace === 'kube-system') && isKnown(each.answer) ? [each.answer] : []));
  const base = isKnown(recorded) || recorded.unknown.why !== 'not-recorded' || place.pod === null ? recorded : others[0] ?? recorded;
  return changes.filter(change => fits(change.place, textOf(place))).reduce<Answer<PlaceReading>>((answer, change) => {
    if ('unread' in change) return {unknown: change.unread};
    // a world without any pod's files can still be told what one has
    if (!isKnown(answer) && !('stdout' in change && answer.unknown.why === 'not-recorded')) throw new Error(`the healthy world has not the files of ${textOf(place)}`);
    const sections = isKnown(answer) ? answer.known.sections : {};
    const section: Section = sections[change.section] ?? {command: change.section, stdout: '', stderr: '', exit: 0};
    if ('replace' in change && !section.stdout.includes(change.replace)) throw new Error(`nothing to replace in ${change.section} of ${textOf(place)}: ${change.replace}`);
    const after: Section = 'replace' in change ? {...section, stdout: section.stdout.replaceAll(change.replace, change.with)} : {...section, stdout: change.stdout, stderr: change.stderr ?? '', exit: change.exit ?? 0};
    return known({sections: {...sections, [change.section]: after}});
  }, base);
}

/** What is heard with the changes of a case. What was not recorded is answered as CoreDNS would: from the world's Services, else NXDOMAIN. */
export function changedAnswer(place: Place, ask: DnsAsk, recorded: Answer<DnsAsked>, services: readonly KubeObject[], changes: readonly DnsChange[]): Answer<DnsAsked> {
  const base = isKnown(recorded) || recorded.unknown.why !== 'not-recorded' ? recorded : known({ask, via: viaProbe(placeName(place)), tries: Array.from({length: ask.tries}, () => answered(ask, asCoreDns(ask, services as Service[]), 300))});
  return changes.filter(({dns}) => isAsked(dns, place, ask)).reduce<Answer<DnsAsked>>((answer, change) => {
    if ('unasked' in change) return {unknown: change.unasked};
    const {via, tries} = isKnown(answer) ? answer.known : {via: viaProbe(placeName(place)), tries: Array.from({length: ask.tries}, () => answered(ask, {rcode: 'NOERROR', answers: []}, 300))};
    if ('outcome' in change) {
      const micros = change.outcome === 'timed-out' ? ask.timeoutMs * 1000 : 150;
      const left = tries.length - Math.min(change.tries ?? tries.length, tries.length);
      return known({ask, via, tries: tries.map((each, i) => (i < left ? each : {outcome: change.outcome, detail: change.detail ?? null, micros, from: null, hex: '', message: null}))});
    }
    if ('astray' in change) return known({ask, via, tries: tries.map((each, i) => (i < tries.length - (change.tries ?? tries.length) ? each : {...each, from: change.astray}))});
    return known({ask, via, tries: tries.map(each => {
      const micros = change.ms === undefined ? each.micros : change.ms * 1000;
      if (change.rcode === undefined && change.answers === undefined) return {...each, micros};
      return answered(ask, {rcode: change.rcode ?? 'NOERROR', answers: (change.answers ?? []).map(record => ({name: ask.name, ...record}))}, micros);
    })});
  }, base);
}

function isAsked({from, on, server, protocol, name, type}: Asked, place: Place, ask: DnsAsk): boolean {
  return fits(from, textOf(place)) && fits(on, place.node) && fits(server, ask.server) && fits(protocol, ask.protocol) && fits(name, ask.name) && fits(type, ask.type);
}

interface Said {
  readonly rcode: string;
  readonly answers: readonly {readonly type: string; readonly name: string; readonly data: unknown}[];
}

const rcodes = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'];

/** The try as the probe gives it, its message read from bytes. */
function answered(ask: DnsAsk, {rcode, answers}: Said, micros: number): DnsTry {
  const hex = packet.encode({
    type: 'response', id: messageId(ask), flags: 0x8180 | (rcodes.indexOf(rcode) & 15), questions: [{name: ask.name, type: ask.type as 'A'}],
    answers: answers.map(({name, type, data}) => ({name, type, ttl: 30, data}) as packet.Answer),
  }).toString('hex');
  return readTry(ask, {outcome: 'answered', detail: null, micros, from: null, hex});
}

function asCoreDns({name, type}: DnsAsk, services: readonly Service[]): Said {
  const [, service, namespace] = /^([a-z0-9-]+)\.([a-z0-9-]+)\.svc\.cluster\.local$/i.exec(name) ?? [];
  const found = services.find(({metadata}) => metadata.name === service && metadata.namespace === namespace);
  if (found === undefined) return {rcode: 'NXDOMAIN', answers: []};
  if (found.spec.type === 'ExternalName') return {rcode: 'NOERROR', answers: [{name, type: 'CNAME', data: found.spec.externalName}]};
  return {rcode: 'NOERROR', answers: type === 'A' && found.spec.clusterIP !== undefined && found.spec.clusterIP !== 'None' ? [{name, type: 'A', data: found.spec.clusterIP}] : []};
}

