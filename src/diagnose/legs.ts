import {type Answer, isKnown} from '../cluster/answer.ts';
import {equal, fractionText, plus, toNumber} from '../model/fraction.ts';
import {formatAddress, hostPort, parseAddress} from '../model/ip.ts';
import {type Outcome, walk} from '../model/netfilter/walk.ts';
import type {Line} from '../model/netfilter/program.ts';
import {isLocal, type NodeRules} from '../model/node-rules.ts';
import type {Packet} from '../model/packet.ts';
import {ruleWords, toldSteps, type ToldRule} from '../model/trace/step-words.ts';
import type {Leg, TracedOutcome, TracedRule} from './trace-report.ts';

/** Where an address is: on which node, and what has it. Null: kdiag does not know. */
export interface Place {
  readonly node: string | null;
  readonly target: TracedOutcome['target'];
}

/** What a walk needs to know about the cluster, asked for when it is needed. */
export interface Ground {
  rulesOf(node: string): Promise<Answer<NodeRules>>;
  placeOf(address: string): Promise<Place | null>;
  /** An address that only stands for any sender of this kind: it is not told. */
  readonly standIn: string | null;
}

/** A node that sends to a node that sends back would go on for ever: so many nodes are followed. */
const most = 4;

/** A packet through one node's rules, and through those of the nodes that it is sent on to. */
export async function legOf(ground: Ground, node: string, packet: Packet, depth = 1): Promise<Leg> {
  const answer = await ground.rulesOf(node);
  const unread = isKnown(answer) ? unreadPart(answer.known, packet.destination.family) : answer.unknown.detail;
  if (!isKnown(answer) || unread !== null) return {node, unread: unread ?? 'not read', translators: [], orders: []};
  const rules = answer.known;
  const {owners, orders} = walk(rules, packet);
  const told = await Promise.all(orders.map(order => Promise.all(alike(order, packet).map(each => outcomeOf(ground, rules, packet, each, depth)))));
  return {node, unread: null, translators: owners, orders: told};
}

/** Rules that were not read may do anything: the ones of this family, nft's own, and ipvs's. */
function unreadPart(rules: NodeRules, family: 4 | 6): string | null {
  const set = rules.rulesets.find(each => each.family === family && each.unread !== null);
  if (set?.unread) return set.unread.detail;
  if (!isKnown(rules.nft)) return rules.nft.unknown.detail;
  if (!isKnown(rules.ipvs.services)) return rules.ipvs.services.unknown.detail;
  return rules.modes.includes('ipvs') && rules.localAddresses === null ? `which addresses ${rules.node} has was not read, and ipvs takes only what is sent to one of them` : null;
}

interface Alike {
  /** The most frequent of them. */
  readonly outcome: Outcome;
  readonly share: Outcome['share'];
  readonly ways: number;
  /** `ADDRESS:PORT`; what it was sent to, if they were refused on their way to several. */
  readonly to: string;
}

/** Those that end alike, the most frequent first. What was refused by one rule is one, wherever it was going. */
function alike(outcomes: readonly Outcome[], packet: Packet): Alike[] {
  const groups = new Map<string, Alike>();
  const sent = hostPort(formatAddress(packet.destination), packet.port);
  for (const outcome of outcomes) {
    const {end, source, share, unfollowed} = outcome;
    const to = (end.kind === 'dnat' ? end.to : outcome.to) ?? sent;
    const stopped = end.kind === 'drop' || end.kind === 'reject' || end.kind === 'undecided';
    const sender = source.kind === 'rewritten' ? `to ${source.to}` : source.kind;
    const key = stopped ? `${end.kind} ${end.rule?.table} ${end.rule?.raw}` : `${to} ${sender} ${unfollowed?.raw}`;
    const other = groups.get(key);
    if (other === undefined) groups.set(key, {outcome, share, ways: 1, to});
    else groups.set(key, {outcome: toNumber(other.outcome.share) < toNumber(share) ? outcome : other.outcome, share: plus(other.share, share), ways: other.ways + 1, to: other.to === to ? to : sent});
  }
  return [...groups.values()].sort((a, b) => (equal(a.share, b.share) ? (a.to < b.to ? -1 : 1) : toNumber(b.share) - toNumber(a.share)));
}

async function outcomeOf(ground: Ground, rules: NodeRules, packet: Packet, {outcome, share, ways, to}: Alike, depth: number): Promise<TracedOutcome> {
  const {end, source, unfollowed} = outcome;
  const exact = fractionText(share);
  const {address, port} = split(to);
  const place = await ground.placeOf(address);
  const destination = parseAddress(address);
  const here = destination !== null && isLocal(rules, destination) === true;
  const rule = 'rule' in end && end.kind !== 'snat' ? end.rule : null;
  const arrives = end.kind === 'pass' || end.kind === 'dnat' || end.kind === 'snat';
  const elsewhere = arrives && !here && place !== null && place.node !== null && place.node !== rules.node ? place.node : null;
  const next = elsewhere === null || destination === null || depth >= most ? null
    : await legOf(ground, elsewhere, {...packet, source: source.kind === 'kept' ? packet.source : source.kind === 'rewritten' && source.to !== null ? parseAddress(source.to) : null, destination, port, from: 'outside', mark: 0, original: null}, depth + 1);
  return {
    share: {exact: exact.length > 100 ? null : exact, number: toNumber(share)},
    end: end.kind === 'drop' ? 'dropped' : end.kind === 'reject' ? 'refused' : end.kind === 'undecided' ? 'undecided' : here || place?.node === rules.node ? 'delivered' : 'sent',
    to,
    translated: outcome.to !== null,
    target: place?.target ?? (here ? {kind: 'Node', namespace: null, name: rules.node, node: rules.node} : null),
    sender: senderOf(outcome, packet, ground.standIn),
    rule: rule === null ? null : ruleOf(rule),
    ...(end.kind === 'undecided' ? {why: end.because} : {}),
    assumed: unfollowed === null ? null : ruleOf(unfollowed),
    ways,
    steps: toldSteps(outcome).map(step => ({...step, rules: step.rules.map(shown)})),
    next,
  };
}

function senderOf({source}: Outcome, packet: Packet, standIn: string | null): TracedOutcome['sender'] {
  switch (source.kind) {
    case 'kept': {
      const address = packet.source === null ? null : formatAddress(packet.source);
      return {kind: 'kept', address: address === standIn ? null : address};
    }
    case 'rewritten': return source.to === null ? {kind: 'masqueraded', address: null} : {kind: 'rewritten', address: source.to};
    case 'unknown': return {kind: 'unknown', address: null, why: `${source.because}: ${source.rule.raw}`};
  }
}

function ruleOf(line: Line): TracedRule {
  const {table, chain, raw} = line;
  return {table, chain, raw, words: ruleWords(line, {next: null, end: 'drop', to: null})};
}

function shown({cameBack, ...rule}: ToldRule): TracedRule {
  return cameBack ? {...rule, cameBack} : rule;
}

/** `10.0.0.1:80`, `[fd00::1]:80` */
function split(to: string): {readonly address: string; readonly port: number} {
  const at = to.lastIndexOf(':');
  return {address: to.slice(0, at).replace(/^\[(.*)\]$/, '$1'), port: Number(to.slice(at + 1))};
}
