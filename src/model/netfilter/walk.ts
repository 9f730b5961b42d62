import {type Fraction, isZero, one, plus, times} from '../fraction.ts';
import {servicesIn} from '../ipvs/ipvs.ts';
import {ipvsPriority, scheduled} from '../ipvs/stage.ts';
import type {NodeRules} from '../node-rules.ts';
import type {Packet} from '../packet.ts';
import {type Base, byPriority, type Hook, type Owner} from './hooks.ts';
import {type Site, siteOf} from './place.ts';
import type {Line} from './program.ts';
import {asked, withSender, withUnknownSender} from './sender.ts';
import {knownWalk} from './known-walks.ts';
import type {End} from './traverse.ts';

/** What becomes of a share of the connections that a packet stands for. */
export interface Outcome {
  readonly share: Fraction;
  /** `pass`: leaves the node untranslated. */
  readonly end: End;
  /** Where it was translated to, also when it was refused after that. */
  readonly to: string | null;
  /** Whose address the receiver sees. */
  readonly source: Source;
  /** The packet's mark as it comes to POSTROUTING, or to its end. */
  readonly mark: number;
  /** The rules that led there, in order: those that translated it, and those that refused it. */
  readonly path: readonly Line[];
  /** Everything that it met, in the kernel's order. */
  readonly steps: readonly Step[];
  /** A filter rule that could not be decided; the outcome holds if it lets the packet through. */
  readonly unfollowed: Line | null;
  /** A raw rule exempted it from connection tracking, and so from translation. */
  readonly untracked?: true;
}

export type Source =
  | {readonly kind: 'kept'}
  /** `to` null: masqueraded, the address of the interface that the packet leaves by. */
  | {readonly kind: 'rewritten'; readonly to: string | null; readonly lines: readonly Line[]}
  | {readonly kind: 'unknown'; readonly rule: Line; readonly because: string};

/** One base chain in which rules took a packet. */
export interface Step {
  readonly hook: Hook;
  readonly owner: Owner;
  readonly type: Base['type'];
  readonly chain: string;
  readonly lines: readonly Line[];
  readonly end: End['kind'];
}

export interface Walk {
  /** Whose rules translate this packet, or might: `iptables-nft`, `nft ip kube-proxy`, … */
  readonly owners: readonly Owner[];
  /**
   * The outcomes, for each order in which chains may be asked, where they end differently. One, unless several owners have chains
   * of equal priority: the kernel asks the one first that was registered last, which no dump shows.
   */
  readonly orders: readonly (readonly Outcome[])[];
}

/** A share of the connections on its way. */
interface Going extends Omit<Outcome, 'end'> {
  readonly packet: Packet;
  /** Set once it has been translated, refused, or could not be decided; only a translated one goes on. */
  readonly end: End | null;
}

const kept: Source = {kind: 'kept'};

/**
 * A new connection's first packet through all base chains that it meets, at each hook by priority: where it comes in, where it
 * goes on to (the node itself, or FORWARD), and where it leaves (`bases`: its own, unless they were edited). What a node sends to itself leaves by `lo` and comes in again.
 */
export function walk(rules: NodeRules, packet: Packet, bases?: readonly Base[]): Walk {
  return bases === undefined ? knownWalk(rules, packet, sent) : sent(siteOf(rules), packet, bases);
}

function sent(site: Site, packet: Packet, bases: readonly Base[]): Walk {
  const at = (hook: Hook, type?: Base['type']): Base[] => bases.filter(base => base.hook === hook && (type === undefined || base.type === type));
  const pass = (all: readonly Going[], chains: readonly Base[]): Going[] => chains.reduce<Going[]>((goings, base) => through(site, goings, base), [...all]);
  const entry: Hook = packet.from === 'host' ? 'output' : 'prerouting';
  // A node that connects to one of its own addresses does so from that address (a VIP on kube-ipvs0 is one).
  const own = packet.from === 'host' && site.isLocal(packet.destination) === true;
  const start: Going = {share: one, packet: own ? {...packet, source: packet.destination} : packet, path: [], steps: [], unfollowed: null, end: null, to: null, source: kept, mark: packet.mark};
  const isSentOn = (going: Going): boolean => going.packet.viaIpvs === true && site.isLocal(going.packet.destination) !== true;
  /** Chains of INPUT or OUTPUT with ip_vs among them. What it translates for another host passes OUTPUT from its beginning (ip_vs_nat_xmit). */
  const withIpvs = (all: readonly Going[], hook: 'input' | 'output', chains: readonly Base[]): Going[] => {
    const [before, behind] = [chains.filter(({priority}) => priority < ipvsPriority[hook]), chains.filter(({priority}) => priority >= ipvsPriority[hook])];
    return pass(all, before).flatMap(going => balanced(site, hook, going)).flatMap(going => pass([going], isSentOn(going) ? at('output', 'filter') : behind));
  };
  /** With the NAT chains in this order, or only some of them. */
  const comeIn = (translators: readonly Base[], arrange: Arrange, ipvs = true): Going[] => {
    const chains = arrange([...translators, ...at(entry, 'filter')]);
    return ipvs && entry === 'output' ? withIpvs([start], entry, chains) : pass([start], chains);
  };
  const leave = (all: readonly Going[], arrange: Arrange): Going[] => pass(all.map(going => ({...going, mark: going.packet.mark})), arrange(at('postrouting')));
  const goOn = (going: Going, arrange: Arrange): Going[] => {
    const local = site.isLocal(going.packet.destination) === true;
    if (packet.from !== 'host' && local) return withIpvs([going], 'input', arrange(at('input'))).flatMap(each => (isSentOn(each) ? leave([each], arrange) : [each]));
    if (packet.from !== 'host') return leave(pass([going], arrange(at('forward'))), arrange);
    const left = leave([going], arrange);
    return local ? pass(pass(left.map(returned), arrange(at('prerouting', 'filter'))), arrange(at('input', 'filter'))) : left;
  };
  const translators = at(entry, 'nat');
  const tried = translators.map(base => comeIn([base], asRead, false));
  const active = translators.filter((_, i) => tried[i]?.some(({end}) => end?.kind === 'dnat' || end?.kind === 'undecided'));
  const only = translators.length === 1 && (entry === 'prerouting' || servicesIn(site.ipvs).length === 0) ? tried[0] : undefined;
  const orders = active.length > 1 ? active.map(first => [first, ...translators.filter(base => base !== first)]) : [translators];
  const arrangements = areTied(bases) ? [asRead, turned] : [asRead];
  const ends = distinct(orders.flatMap(order => arrangements.map(arrange => (arrange === asRead && only !== undefined ? only : comeIn(order, arrange)).flatMap(going => goOn(going, arrange)))));
  return {
    owners: [...active.map(({owner}) => owner), ...(ends.flat().some(({steps}) => steps.some(({owner}) => owner === 'ipvs')) ? ['ipvs'] : [])],
    orders: ends.map(all => all.map(({packet: {untracked}, end, ...outcome}) => ({...outcome, end: end ?? {kind: 'pass'}, ...(untracked === true ? {untracked} : {})}))),
  };
}

/** How base chains of one hook are put; what no dump shows is tried both ways. */
type Arrange = (chains: readonly Base[]) => readonly Base[];
const asRead: Arrange = chains => [...chains].sort(byPriority);
const turned: Arrange = chains => {
  const owners = [...new Set(chains.map(({owner}) => owner))];
  return [...chains].sort((a, b) => byPriority(a, b) || owners.indexOf(b.owner) - owners.indexOf(a.owner));
};

const tied = new WeakMap<readonly Base[], boolean>();

/** Whether chains of several owners, with rules in them, have one priority at one hook. Of one owner the order is known. */
function areTied(bases: readonly Base[]): boolean {
  const known = tied.get(bases) ?? hasTies(bases);
  tied.set(bases, known);
  return known;
}

function hasTies(bases: readonly Base[]): boolean {
  const owners = new Map<string, Owner>();
  return bases.some(({owner, hook, priority, among, chain, program}) => {
    const entry = program.chains.get(chain);
    if (entry?.policy !== 'drop' && entry?.ruleAt(0) === undefined) return false;
    const key = `${hook} ${priority} ${among}`;
    const other = owners.get(key) ?? owner;
    owners.set(key, other);
    return other !== owner;
  });
}

/** Without those that end as another one does: where, with which source, and with which shares. */
function distinct(all: readonly (readonly Going[])[]): (readonly Going[])[] {
  if (all.length === 1) return [...all];
  const seen = new Map<string, readonly Going[]>();
  for (const goings of all) {
    const key = goings.map(({share, end, to, source}) => `${share.n}/${share.d}/${share.e} ${end?.kind} ${to} ${source.kind} ${source.kind === 'rewritten' ? source.to : ''}`).sort().join();
    if (!seen.has(key)) seen.set(key, goings);
  }
  return [...seen.values()];
}

/** What ip_vs makes of a packet; it goes on as if the node had sent it. */
function balanced(site: Site, hook: Hook, going: Going): Going[] {
  const leaves = isOver(going) || going.packet.viaIpvs === true ? null : scheduled(site.ipvs, going.packet);
  if (leaves === null) return [going];
  return leaves.map(({share, end, packet, path}) => ({
    ...going, share: times(going.share, share), end, packet: {...packet, from: 'host'}, path: [...going.path, ...path],
    to: end.kind === 'dnat' ? end.to : going.to, steps: [...going.steps, {hook, owner: 'ipvs', type: 'nat', chain: path[0]?.chain ?? '', lines: path, end: end.kind}],
  }));
}

function isOver({end}: Going): boolean {
  return end !== null && end.kind !== 'dnat';
}

function returned(going: Going): Going {
  return {...going, packet: {...going.packet, incoming: 'lo'}};
}

/** One base chain, for all shares that are still on their way. The first translation of a connection stands, of either kind. */
function through(site: Site, all: readonly Going[], base: Base): Going[] {
  const isEntry = base.hook === 'prerouting' || base.hook === 'output';
  return all.flatMap(going => {
    // nf_nat leaves alone what is not tracked
    if (isOver(going) || (base.type === 'nat' && (going.packet.untracked === true || (isEntry ? going.end !== null : going.source !== kept)))) return [going];
    const leaves = asked(site, base, going.packet);
    const [only] = leaves;
    // most chains leave a packet as it is
    if (leaves.length === 1 && only?.end.kind === 'pass' && only.path.length === 0 && only.packet === going.packet && only.share === one && !isZero(going.share)) return [going];
    return merged(leaves.map(({share, end, packet, path}): Going => {
      const steps = path.length === 0 && end.kind === 'pass' ? going.steps : [...going.steps, {hook: base.hook, owner: base.owner, type: base.type, chain: base.chain, lines: path, end: end.kind}];
      const onward = {...going, share: times(going.share, share), packet, steps};
      if (end.kind === 'drop' || end.kind === 'reject') return {...onward, path: [...going.path, ...path], end};
      if (base.type === 'nat' && isEntry) return {...onward, path: [...going.path, ...path], end: end.kind === 'pass' ? null : end, to: end.kind === 'dnat' ? end.to : null};
      if (end.kind === 'snat') return {...onward, packet: withSender(packet, end, site), source: {kind: 'rewritten', to: end.to, lines: path}};
      if (base.type === 'nat' && end.kind === 'undecided') return {...onward, packet: withUnknownSender(packet), source: {kind: 'unknown', rule: end.rule, because: end.because}};
      // A filter rule that is not understood is taken to let the packet through, and is named.
      return {...onward, unfollowed: going.unfollowed ?? (end.kind === 'undecided' ? end.rule : null)};
    }));
  });
}

/** What passed a filter chain in several ways and differs in nothing goes on as one. */
function merged(all: Going[]): Going[] {
  if (all.length === 1 && all[0] !== undefined && !isZero(all[0].share)) return all;
  const groups = new Map<string, Going>();
  const apart: Going[] = [];
  for (const going of all) {
    if (isZero(going.share)) continue;
    const key = `${going.packet.mark} ${going.packet.unsure} ${going.packet.connectionMark} ${going.packet.untracked} ${going.packet.original === null} ${going.source.kind} ${going.source.kind === 'rewritten' ? going.source.to : ''} ${going.packet.sentBy?.isChanged}`;
    const other = groups.get(key);
    if (isOver(going) || (other !== undefined && other.path !== going.path)) apart.push(going);
    else groups.set(key, other === undefined ? going : {...other, share: plus(other.share, going.share), unfollowed: other.unfollowed ?? going.unfollowed});
  }
  return [...apart, ...groups.values()];
}
