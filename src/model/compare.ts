import {isKnown} from '../cluster/answer.ts';
import {type Fraction, isZero, plus, toNumber, zero} from './fraction.ts';
import type {Line} from './netfilter/program.ts';
import {type Outcome, walk} from './netfilter/walk.ts';
import type {Comparison, Fault} from './comparison.ts';
import type {Dialect, Hub} from './dialect.ts';
import {leftOvers, modeOfOwner} from './left-overs.ts';
import {isLocal, type NodeRules} from './node-rules.ts';
import {goodShare, proofsOf} from './proof.ts';
import {unanswered} from './replies.ts';
import {otherSender} from './sender-address.ts';
import {unknownSenders} from './senders.ts';
import {together} from './together.ts';
import type {Way} from './ways.ts';

/** The node's rules against the endpoints that this way should have. Pure. */
export function compare(rules: NodeRules, dialect: Dialect, way: Way): Comparison {
  const {owners, orders} = walk(rules, way.packet);
  const results = orders.map(outcomes => judge(rules, dialect, way, outcomes));
  const worst = results.reduce((a, b) => ((b.predicted ?? -1) < (a.predicted ?? -1) ? b : a));
  const {mode} = dialect;
  const rivals = owners.filter(owner => modeOfOwner(owner) !== null && modeOfOwner(owner) !== mode);
  const left = leftOvers(rules, mode).map(each => ({...each, takes: rivals.some(owner => modeOfOwner(owner) === each.mode)}));
  const judged = {way, mode, leftOvers: left, owners, ...worst};
  if (owners.length - rivals.length < 2) return proven(judged);
  const evidence = orders.flatMap(outcomes => outcomes.slice(0, 1).flatMap(({path}) => path));
  return proven({...judged, faults: [{kind: 'both-backends', differ: new Set(orders.map(ends)).size > 1, evidence}, ...judged.faults]});

  function proven(comparison: Omit<Comparison, 'proofs'>): Comparison {
    return {...comparison, proofs: comparison.faults.length === 0 ? new Map() : proofsOf(rules, dialect, way, comparison.faults)};
  }
}

function ends(outcomes: readonly Outcome[]): string {
  return JSON.stringify([...destinations(outcomes)].map(([to, share]) => [to, toNumber(share)]).sort());
}

type Judged = Omit<Comparison, 'way' | 'mode' | 'leftOvers' | 'owners' | 'proofs'>;

function judge(rules: NodeRules, dialect: Dialect, way: Way, outcomes: readonly Outcome[]): Judged {
  const wanted = new Set(way.expected.endpoints.map(({to}) => to));
  const open = outcomes.find(({end}) => end.kind === 'undecided');
  const undecided = open?.end.kind === 'undecided' ? {rule: open.end.rule, because: open.end.because} : null;
  const unfollowed = outcomes.map(outcome => outcome.unfollowed ?? (outcome.source.kind === 'unknown' ? outcome.source.rule : null)).find(line => line !== null) ?? unread(rules);
  const reached = destinations(outcomes);
  const predicted = undecided === null ? toNumber(goodShare(rules, way, outcomes)) : null;
  const shares = new Map([...reached].map(([to, share]) => [to, toNumber(share)]));
  const told = {predicted, shares: Object.fromEntries(shares), rewritten: [...new Set(outcomes.flatMap(({end, source}) => (end.kind === 'dnat' && source.kind !== 'kept' ? [end.to] : [])))].sort(), refused: [], undecided, unfollowed};
  if (undecided !== null) return {faults: [], ...told};
  if (answersItself(rules, way, outcomes)) return {faults: [], ...told, predicted: 1};
  return {faults: wanted.size === 0 ? stale(outcomes, new Set(dialect.insteadOf?.(way))) : [...faultsOf(rules, dialect, way, outcomes, wanted, shares), ...silenced(rules, dialect, way, outcomes)], ...told};
}

/**
 * NodeLocal DNSCache (kubernetes/dns, cmd/node-cache) has the DNS Service's address on the node itself and exempts it from tracking,
 * so that nothing translates it: the cache answers. On a node that does not have the address such a rule breaks the Service.
 */
function answersItself(rules: NodeRules, way: Way, outcomes: readonly Outcome[]): boolean {
  return isLocal(rules, way.packet.destination) === true && outcomes.every(({end, untracked}) => untracked === true && end.kind === 'pass');
}

function faultsOf(rules: NodeRules, dialect: Dialect, way: Way, outcomes: readonly Outcome[], wanted: ReadonlySet<string>, reached: ReadonlyMap<string, number>): Fault[] {
  const faults = [...refusals(dialect, outcomes), ...stale(outcomes, wanted)];
  const lost = outcomes.find(({end, path}) => end.kind === 'pass' || ('rule' in end && end.rule !== null && dialect.refusal(end.rule, path) === 'not-translated'));
  const hub = dialect.hubOf(rules, way, outcomes);
  if (lost !== undefined && hub === null) return [...faults, dialect.whyUntranslated(rules, way, lost)];
  if (reached.size === 0 && faults.length > 0) return faults;

  // Reachable by the rules as they are written, whatever the dice: a rule that is never drawn is a matter of balance.
  const unreached = [...wanted].filter(to => !reached.has(to));
  const written = unreached.length === 0 ? reached : new Set([...(hub?.leadsTo ?? []), ...outcomes.flatMap(({to}) => to ?? [])]);
  const drained = [...hub?.drained ?? []].filter(([to]) => wanted.has(to) && !reached.has(to)).sort();
  if (drained.length > 0) faults.push({kind: 'drained', endpoints: drained.map(([to]) => to), all: reached.size === 0, evidence: hub?.lines ?? []});
  const missing = unreached.filter(to => !written.has(to)).sort();
  if (missing.length > 0) faults.push({kind: 'endpoint-missing', endpoints: missing, chain: hub?.name ?? null, evidence: hub?.lines ?? []});
  faults.push(...pinned(hub, wanted, reached));
  if (faults.length === 0 && hub !== null) faults.push(...balance(hub, wanted, reached));
  return faults;
}

/** Tables of nft's own may hold anything: where they could not be read, the prediction holds if they let the packet through. */
function unread({nft}: NodeRules): Line | null {
  return isKnown(nft) ? null : {table: 'nft', chain: '', comment: null, raw: `the tables of nft's own, which could not be read: ${nft.unknown.detail}`};
}

function destinations(outcomes: readonly Outcome[]): Map<string, Fraction> {
  const shares = new Map<string, Fraction>();
  for (const {end, share} of outcomes) if (end.kind === 'dnat' && !isZero(share)) shares.set(end.to, plus(shares.get(end.to) ?? zero, share));
  return shares;
}

function stale(outcomes: readonly Outcome[], wanted: ReadonlySet<string>): Fault[] {
  const wrong = outcomes.filter(({end}) => end.kind === 'dnat' && !wanted.has(end.to));
  if (wrong.length === 0) return [];
  const endpoints = [...new Set(wrong.flatMap(({end}) => (end.kind === 'dnat' ? [end.to] : [])))].sort();
  const share = toNumber(wrong.reduce((sum, each) => plus(sum, each.share), zero));
  return [{kind: 'endpoint-stale', endpoints, share, evidence: unique(wrong.flatMap(({path}) => path.slice(-2)))}];
}

/** Where only clients are led that have been there before: no share of new connections. */
function pinned(hub: Hub | null, wanted: ReadonlySet<string>, reached: ReadonlyMap<string, number>): Fault[] {
  const dead = [...hub?.pinned ?? []].filter(([to]) => !wanted.has(to) && !reached.has(to)).sort();
  return dead.length === 0 ? [] : [{kind: 'endpoint-stale', endpoints: dead.map(([to]) => to), share: 0, evidence: dead.map(([, rule]) => rule)}];
}

function silenced(rules: NodeRules, dialect: Dialect, way: Way, outcomes: readonly Outcome[]): Fault[] {
  const faults = unanswered(rules, way, outcomes).map(each => ({kind: 'not-masqueraded' as const, ...each, evidence: unique([...each.evidence, ...dialect.masquerading(rules, way)])}));
  if (faults.length === 0) {
    const other = otherSender(way, dialect.senders?.(rules, way.packet.destination.family) ?? unknownSenders, outcomes);
    return other === null ? [] : [{kind: 'other-sender', ...other, evidence: unique([...other.evidence, ...dialect.masquerading(rules, way)])}];
  }
  const why = dialect.whyNotMasqueraded?.(rules, way) ?? null;
  return why === null ? faults : [why, ...faults];
}

/** Drops and rejects, by whose rule it is. */
function refusals(dialect: Dialect, outcomes: readonly Outcome[]): Fault[] {
  return together(outcomes.flatMap(({end, path, share}): Fault[] => {
    if (end.kind !== 'drop' && end.kind !== 'reject') return [];
    const evidence = unique(path);
    if (end.rule === null) return [{kind: 'forward-policy', share: toNumber(share), evidence}];
    switch (dialect.refusal(end.rule, path)) {
      case 'no-endpoints': return [{kind: 'reject-despite-endpoints', evidence}];
      case 'source-range': return [{kind: 'source-range', evidence}];
      case 'not-translated': return [];
      case 'foreign': return [{kind: 'foreign-drop', share: toNumber(share), with: end.kind, evidence}];
    }
  }));
}

/** kube-proxy writes 1/N, 1/(N-1), …, 1: equal shares. Rounding to 31 bits and 11 decimals stays far below this. */
const tolerance = 1e-6;

function balance(hub: Hub, wanted: ReadonlySet<string>, reached: ReadonlyMap<string, number>): Fault[] {
  const fair = 1 / wanted.size;
  if ([...wanted].every(to => Math.abs((reached.get(to) ?? 0) - fair) <= tolerance)) return [];
  const shares = Object.fromEntries([...wanted].sort().map(to => [to, reached.get(to) ?? 0]));
  const lost = 1 - Object.values(shares).reduce((sum, share) => sum + share, 0);
  return [{kind: 'wrong-balance', starved: Object.keys(shares).filter(to => shares[to] === 0), lost: lost <= tolerance ? 0 : lost, shares, evidence: hub.lines}];
}

function unique(rules: readonly Line[]): Line[] {
  return [...new Map(rules.map(rule => [rule.raw, rule])).values()];
}
