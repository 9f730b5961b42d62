import type {Chain, Rule, Table, Target} from '../../parse/iptables.ts';
import {type Fraction, equal, isZero, minus, one, plus, times} from '../fraction.ts';
import {formatAddress, hostPort, parseAddress} from '../ip.ts';
import type {Packet} from '../packet.ts';
import {matchRule, type Place} from './match.ts';

/** What became of a share of the packets in one table's hook. */
export interface Leaf {
  readonly share: Fraction;
  readonly end: End;
  /** The packet as it left. */
  readonly packet: Packet;
  /** The rules that led here: jumps, and the one that decided. */
  readonly path: readonly Rule[];
}

export type End =
  | {readonly kind: 'pass'} // ACCEPT, or fell through to the policy
  | {readonly kind: 'dnat'; readonly to: string}
  | {readonly kind: 'drop'; readonly rule: Rule | null} // null: the built-in chain's policy
  | {readonly kind: 'reject'; readonly rule: Rule; readonly with: string}
  | {readonly kind: 'undecided'; readonly rule: Rule; readonly because: string};

interface Frame {
  readonly chain: Chain;
  readonly index: number;
  readonly next: Frame | null;
}

/** Targets that change nothing that a Service's traffic depends on; the packet goes on with the next rule. */
const passing = new Set(['LOG', 'NFLOG', 'ULOG', 'TRACE', 'CHECKSUM', 'TCPMSS', 'CONNMARK', 'CT', 'NOTRACK', 'TTL', 'HL', 'DSCP', 'TOS', 'CLASSIFY', 'SECMARK', 'CONNSECMARK', 'AUDIT', 'SET', 'RATEEST', 'LED', 'MASQUERADE', 'SNAT']);

/** Bounds on the work for one packet: beyond them the answer is `undecided`, not a crash. */
const most = 1_000_000;
const deepest = 1_500;

/**
 * Sends a packet through one built-in chain of a table, as the kernel does: rules in order, user chains returning to their
 * caller, random rules splitting the traffic exactly. Where a rule asks something that kdiag cannot answer, both ways are
 * followed; only if they end differently is the result `undecided` by that rule.
 */
export function traverse(table: Table, hook: string, packet: Packet, place: Place): Leaf[] {
  const entry = table.chains.get(hook);
  if (entry === undefined) return [{share: one, end: {kind: 'pass'}, packet, path: []}];
  let steps = 0;
  const memo = new Map<string, Leaf[]>();
  const frameIds = new Map<Frame, number>();
  const idOf = (frame: Frame | null): number => {
    if (frame === null) return 0;
    let id = frameIds.get(frame);
    if (id === undefined) frameIds.set(frame, (id = frameIds.size + 1));
    return id;
  };

  let depth = 0;
  function follow(chain: Chain, index: number, back: Frame | null, at: Packet): Leaf[] {
    depth++;
    try {
      return run(chain, index, back, at);
    } finally {
      depth--;
    }
  }

  function run(chain: Chain, index: number, back: Frame | null, at: Packet): Leaf[] {
    const key = `${chain.name} ${index} ${idOf(back)} ${at.mark}`;
    const seen = memo.get(key);
    if (seen !== undefined) return seen;
    const leaves: Leaf[] = [];
    let left = one;
    let here = {chain, index, back};
    let now = at;
    const finish = (rest: readonly Leaf[]): Leaf[] => {
      leaves.push(...scaled(rest, left));
      memo.set(key, leaves);
      return leaves;
    };
    for (;;) {
      const rule = here.chain.rules[here.index];
      if (rule === undefined) {
        if (here.back === null) return finish([{share: one, end: here.chain.policy === 'DROP' ? {kind: 'drop', rule: null} : {kind: 'pass'}, packet: now, path: []}]);
        here = {chain: here.back.chain, index: here.back.index, back: here.back.next};
        continue;
      }
      const match = matchRule(rule, now, place);
      if (++steps > most || depth > deepest) return finish([undecided(rule, now, 'the rules branch too often to be followed')]);
      if ('undecided' in match) {
        const taken = take(rule, here, now);
        const passed = follow(here.chain, here.index + 1, here.back, now);
        return finish(sameEnds(taken, passed) ? passed : [undecided(rule, now, `kdiag cannot decide “${match.undecided.negated ? '! ' : ''}--${match.undecided.option} ${match.undecided.values.join(' ')}”`.trimEnd())]);
      }
      if (isZero(match.share)) here = {...here, index: here.index + 1};
      else if (equal(match.share, one)) {
        if (rule.target === null || passing.has(rule.target.name)) here = {...here, index: here.index + 1};
        else if (rule.target.name === 'MARK') {
          now = {...now, mark: marked(rule.target, now.mark)};
          here = {...here, index: here.index + 1};
        } else return finish(take(rule, here, now));
      } else {
        leaves.push(...scaled(take(rule, here, now), times(left, match.share)));
        left = times(left, minus(one, match.share));
        here = {...here, index: here.index + 1};
      }
    }
  }

  /** The packet does what the rule's target says. */
  function take(rule: Rule, here: {chain: Chain; index: number; back: Frame | null}, at: Packet): Leaf[] {
    const target = rule.target;
    const onward = (packet: Packet): Leaf[] => follow(here.chain, here.index + 1, here.back, packet);
    const leaf = (end: End, packet = at): Leaf[] => [{share: one, end, packet, path: [rule]}];
    if (target === null) return onward(at);
    switch (target.name) {
      case 'MARK': return onward({...at, mark: marked(target, at.mark)});
      case 'ACCEPT': return leaf({kind: 'pass'});
      case 'DROP': return leaf({kind: 'drop', rule});
      case 'REJECT': return leaf({kind: 'reject', rule, with: option(target, 'reject-with') ?? 'icmp-port-unreachable'});
      case 'RETURN': {
        if (here.back === null) return leaf(here.chain.policy === 'DROP' ? {kind: 'drop', rule: null} : {kind: 'pass'});
        return follow(here.back.chain, here.back.index, here.back.next, at);
      }
      case 'DNAT': return translate(rule, target, at);
    }
    if (passing.has(target.name)) return onward(at);
    const chain = table.chains.get(target.name);
    if (chain === undefined) return [undecided(rule, at, `its target ${target.name} is neither a chain of this table nor known to kdiag`)];
    const back = target.goto ? here.back : frame(here.chain, here.index + 1, here.back);
    return follow(chain, 0, back, at).map(inner => ({...inner, path: [rule, ...inner.path]}));
  }

  const frames = new Map<string, Frame>();
  function frame(chain: Chain, index: number, next: Frame | null): Frame {
    const key = `${chain.name} ${index} ${idOf(next)}`;
    let found = frames.get(key);
    if (found === undefined) frames.set(key, (found = {chain, index, next}));
    return found;
  }

  return follow(entry, 0, null, packet);
}

/** A single `--to-destination ADDRESS[:PORT]`; address or port ranges are not followed. */
function translate(rule: Rule, target: Target, packet: Packet): Leaf[] {
  const text = option(target, 'to-destination') ?? '';
  const parts = /^(?:\[([0-9a-f:.]+)\]|([0-9.]+)|([0-9a-f:]*:[0-9a-f:]*:[0-9a-f:.]*))?(?::(\d+))?$/i.exec(text);
  const host = parts?.[1] ?? parts?.[2] ?? parts?.[3];
  const destination = host === undefined ? packet.destination : parseAddress(host);
  if (parts === null || destination === null) return [undecided(rule, packet, `kdiag cannot follow “--to-destination ${text}”`)];
  const port = parts[4] === undefined ? packet.port : Number(parts[4]);
  const to = hostPort(formatAddress(destination), port);
  return [{
    share: one, end: {kind: 'dnat', to}, path: [rule],
    packet: {...packet, destination, port, original: packet.original ?? {destination: packet.destination, port: packet.port}},
  }];
}

function marked(target: Target, mark: number): number {
  const set = (name: string): readonly number[] | null => option(target, name)?.split('/').map(Number) ?? null;
  const xmark = set('set-xmark') ?? set('set-mark');
  if (xmark !== null) {
    const [value = 0, mask = 0xffffffff] = xmark;
    return ((mark & ~mask) ^ value) >>> 0;
  }
  const [or] = set('or-mark') ?? [0];
  const [and] = set('and-mark') ?? [0xffffffff];
  return (((mark & (and ?? 0xffffffff)) | (or ?? 0)) >>> 0);
}

function option(target: Target, name: string): string | undefined {
  return target.options.find(({option: own}) => own === name)?.values[0];
}

function undecided(rule: Rule, packet: Packet, because: string): Leaf {
  return {share: one, end: {kind: 'undecided', rule, because}, packet, path: [rule]};
}

function scaled(leaves: readonly Leaf[], by: Fraction): Leaf[] {
  return equal(by, one) ? [...leaves] : leaves.map(leaf => ({...leaf, share: times(leaf.share, by)}));
}

/** Whether two ways of going on come to the same: where, and with which shares; by which rules does not count. */
function sameEnds(a: readonly Leaf[], b: readonly Leaf[]): boolean {
  const [one_, two] = [tally(a), tally(b)];
  return one_.size === two.size && [...one_].every(([key, share]) => {
    const other = two.get(key);
    return other !== undefined && equal(share, other);
  });
}

function tally(leaves: readonly Leaf[]): Map<string, Fraction> {
  const sums = new Map<string, Fraction>();
  for (const {share, end} of leaves) {
    const key = end.kind === 'dnat' ? `dnat ${end.to}` : end.kind === 'undecided' ? `undecided ${end.rule.raw}` : end.kind;
    const before = sums.get(key);
    sums.set(key, before === undefined ? share : plus(before, share));
  }
  return sums;
}
