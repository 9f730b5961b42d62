import type {Rule, Table, Target} from '../../parse/iptables.ts';
import {equal, isZero, minus, one} from '../fraction.ts';
import {formatAddress, hostPort, parseAddress} from '../ip.ts';
import type {Place} from '../netfilter/place.ts';
import type {Action, Branch, Chain, Evaluation, Program} from '../netfilter/program.ts';
import {originalOf, type Packet, untracked} from '../packet.ts';
import {decisive} from './decisive.ts';
import {dispatched, isShort} from './dispatch.ts';
import {matchRule} from './match.ts';

/** Targets that change nothing that a Service's traffic depends on; the packet goes on with the next rule. */
const passing = new Set(['LOG', 'NFLOG', 'ULOG', 'TRACE', 'CHECKSUM', 'TCPMSS', 'TTL', 'HL', 'DSCP', 'TOS', 'CLASSIFY', 'SECMARK', 'CONNSECMARK', 'AUDIT', 'SET', 'RATEEST', 'LED']);

/** An iptables table as a program. */
export function programOf(table: Table): Program<Rule> {
  const long = new Map<string, Chain<Rule>>();
  const get = (name: string): Chain<Rule> | undefined => {
    const chain = table.chains.get(name);
    if (chain === undefined || isShort(chain)) return chain;
    const known = long.get(name) ?? dispatched(chain);
    long.set(name, known);
    return known;
  };
  return {chains: {get}, evaluate: (rule, packet, place) => evaluate(rule, packet, place, table.chains), decisive: base => decisive(table, base)};
}

function evaluate(rule: Rule, packet: Packet, place: Place, chains: ReadonlyMap<string, unknown>): Evaluation | null {
  const match = matchRule(rule, packet, place);
  if ('share' in match && isZero(match.share)) return null;
  const next: Branch = {share: one, action: {go: 'next'}, packet};
  const taken = act(rule.target, packet, chains);
  if ('undecided' in match) {
    const {negated, option, values} = match.undecided;
    const because = `kdiag cannot decide “${`${negated ? '! ' : ''}--${option} ${values.join(' ')}`.trimEnd()}”`;
    return 'because' in taken ? {undecided: because, either: []} : {undecided: because, either: [[taken], [next]]};
  }
  if ('because' in taken) return {undecided: taken.because, either: []};
  if (equal(match.share, one)) return {branches: [taken]};
  return {branches: [{...taken, share: match.share}, {...next, share: minus(one, match.share)}]};
}

/** What the target does with a packet that the rule takes. */
function act(target: Target | null, packet: Packet, chains: ReadonlyMap<string, unknown>): Branch | {readonly because: string} {
  const go = (action: Action, changed = packet): Branch => ({share: one, action, packet: changed});
  if (target === null) return go({go: 'next'});
  const odd = passing.has(target.name) ? undefined : target.options.find(({known}) => !known);
  if (odd !== undefined) return {because: `kdiag does not know “${odd.option}” of its target ${target.name}`};
  switch (target.name) {
    case 'ACCEPT': return go({go: 'accept'});
    case 'DROP': return go({go: 'drop'});
    case 'RETURN': return go({go: 'return'});
    case 'REJECT': return go({go: 'reject', with: option(target, 'reject-with') ?? 'icmp-port-unreachable'});
    case 'MARK': return go({go: 'next'}, markedPacket(target, packet));
    case 'NOTRACK': return go({go: 'next'}, untracked(packet));
    case 'CT': return go({go: 'next'}, target.options.some(({option}) => option === 'notrack') ? untracked(packet) : packet);
    case 'CONNMARK': return packet.untracked === true ? go({go: 'next'}) : go({go: 'next'}, connectionMarked(target, packet));
    case 'DNAT': return translate(target, packet);
    case 'MASQUERADE': return go({go: 'snat', to: null});
    case 'SNAT': return go({go: 'snat', to: option(target, 'to-source') ?? ''});
  }
  if (passing.has(target.name)) return go({go: 'next'});
  if (chains.has(target.name)) return go({go: target.goto ? 'goto' : 'jump', chain: target.name});
  return {because: `its target ${target.name} is neither a chain of this table nor known to kdiag`};
}

/** A single `--to-destination ADDRESS[:PORT]`; address or port ranges are not followed. */
function translate(target: Target, packet: Packet): Branch | {readonly because: string} {
  const text = option(target, 'to-destination') ?? '';
  const colon = text.lastIndexOf(':');
  const plain = colon > 0 && text.indexOf(':') === colon && /^\d+$/.test(text.slice(colon + 1)) ? parseAddress(text.slice(0, colon)) : null;
  if (plain !== null) return translated(packet, plain, Number(text.slice(colon + 1)));
  const parts = /^(?:\[([0-9a-f:.]+)\]|([0-9.]+)|([0-9a-f]*:[0-9a-f]*:[0-9a-f:.]*))?(?::(\d+))?$/i.exec(text);
  const host = parts?.[1] ?? parts?.[2] ?? parts?.[3];
  const destination = host === undefined ? packet.destination : parseAddress(host);
  if (parts === null || destination === null) return {because: `kdiag cannot follow “--to-destination ${text}”`};
  const port = parts[4] === undefined ? packet.port : Number(parts[4]);
  return translated(packet, destination, port);
}

function translated(packet: Packet, destination: Packet['destination'], port: number): Branch {
  return {share: one, action: {go: 'dnat', to: hostPort(formatAddress(destination), port)}, packet: {...packet, destination, port, original: originalOf(packet, destination, port)}};
}

/** xt_MARK: `--set-xmark VALUE/MASK` clears the mask's bits and XORs the value. */
function marked(target: Target, mark: number): number {
  const numbers = (name: string): readonly number[] | null => option(target, name)?.split('/').map(Number) ?? null;
  const xmark = numbers('set-xmark') ?? numbers('set-mark');
  if (xmark !== null) {
    const [value = 0, mask = 0xffffffff] = xmark;
    return ((mark & ~mask) ^ value) >>> 0;
  }
  const [or = 0] = numbers('or-mark') ?? [];
  const [and = 0xffffffff] = numbers('and-mark') ?? [];
  return ((mark & and) | or) >>> 0;
}

/** Bits that are overwritten are sure again. */
function markedPacket(target: Target, packet: Packet): Packet {
  const mark = marked(target, packet.mark);
  if (packet.unsure === undefined) return {...packet, mark};
  // a bit that comes out the same from either value is known now
  const other = marked(target, (packet.mark ^ packet.unsure) >>> 0);
  return {...packet, mark, unsure: (mark ^ other) >>> 0};
}

/** xt_connmark: the mask of the side that is written says which of its bits are replaced, that of the other what is taken. */
function connectionMarked(target: Target, packet: Packet): Packet {
  const own = packet.connectionMark ?? 0;
  const [nf, ct] = ['nfmask', 'ctmask'].map(name => Number(option(target, name) ?? 0xffffffff)) as [number, number];
  const has = (name: string): boolean => target.options.some(({option: known}) => known === name);
  if (has('save-mark')) return {...packet, connectionMark: ((own & ~ct) ^ (packet.mark & nf)) >>> 0};
  if (has('restore-mark')) return {...packet, mark: ((packet.mark & ~nf) ^ (own & ct)) >>> 0};
  return {...packet, connectionMark: marked(target, own)};
}

function option(target: Target, name: string): string | undefined {
  return target.options.find(({option: own}) => own === name)?.values[0];
}
