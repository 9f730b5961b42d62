import {type Fraction, isZero, one, plus, times} from '../fraction.ts';
import {isLocal, type NodeRules} from '../node-rules.ts';
import type {Packet} from '../packet.ts';
import {type Base, basesOf, type Hook, type Owner} from './hooks.ts';
import type {Line} from './program.ts';
import {type End, traverse} from './traverse.ts';

/** What becomes of a share of the connections that a packet stands for. */
export interface Outcome {
  readonly share: Fraction;
  /** `pass`: leaves the node untranslated. */
  readonly end: End;
  /** Where it was translated to, also when it was refused after that. */
  readonly to: string | null;
  /** The rules that led there, in order. */
  readonly path: readonly Line[];
  /** A filter rule that could not be decided; the outcome holds if it lets the packet through. */
  readonly unfollowed: Line | null;
}

export interface Walk {
  /** Whose rules translate this packet, or might: `iptables-nft`, `nft ip kube-proxy`, … */
  readonly owners: readonly Owner[];
  /**
   * The outcomes, for each order in which the NAT chains may be asked. One, unless several owners translate: of chains of equal
   * priority the kernel asks the one first that was registered last, which no dump shows.
   */
  readonly orders: readonly (readonly Outcome[])[];
}

/** A share of the connections on its way. */
interface Going {
  readonly share: Fraction;
  readonly to: string | null;
  readonly packet: Packet;
  readonly path: readonly Line[];
  readonly unfollowed: Line | null;
  /** Set once it has been translated, refused, or could not be decided; only a translated one goes on. */
  readonly end: End | null;
}

/**
 * A new connection's first packet through all base chains that it meets: those of where it comes in by priority, then those of
 * where it goes. POSTROUTING is not followed: masquerading changes who asks, not who answers.
 */
export function walk(rules: NodeRules, packet: Packet): Walk {
  const bases = basesOf(rules, packet.destination.family, {isLocal: address => isLocal(rules, address)});
  const entry: Hook = packet.from === 'host' ? 'output' : 'prerouting';
  const start: Going = {share: one, packet, path: [], unfollowed: null, end: null, to: null};
  /** With the NAT chains in this order, or only some of them. */
  const comeIn = (translators: readonly Base[]): Going[] => {
    const others = bases.filter(({hook, type}) => hook === entry && type === 'filter');
    return [...translators, ...others].sort((a, b) => a.priority - b.priority).reduce<Going[]>(through, [start]);
  };
  const goOut = (going: Going): Going[] => {
    if (packet.from === 'host' || isOver(going)) return [going];
    const hook: Hook = isLocal(rules, going.packet.destination) === true ? 'input' : 'forward';
    return bases.filter(base => base.hook === hook && base.type === 'filter').reduce<Going[]>(through, [going]);
  };
  const translators = bases.filter(({hook, type}) => hook === entry && type === 'nat');
  const active = translators.filter(base => comeIn([base]).some(({end}) => end?.kind === 'dnat' || end?.kind === 'undecided'));
  const orders = active.length > 1 ? active.map(first => [first, ...translators.filter(base => base !== first)]) : [translators];
  return {
    owners: active.map(({owner}) => owner),
    orders: orders.map(order => comeIn(order).flatMap(goOut).map(({share, end, to, path, unfollowed}) => ({share, end: end ?? {kind: 'pass'}, to, path, unfollowed}))),
  };
}

function isOver({end}: Going): boolean {
  return end !== null && end.kind !== 'dnat';
}

/** One base chain, for all shares that are still on their way. The first translation of a connection stands. */
function through(all: readonly Going[], base: Base): Going[] {
  return all.flatMap(going => {
    if (isOver(going) || (base.type === 'nat' && going.end !== null)) return [going];
    return merged(traverse(base.program, base.chain, going.packet).map(({share, end, packet, path}): Going => {
      const onward = {...going, share: times(going.share, share), packet};
      if (base.type === 'nat') return {...onward, path: [...going.path, ...path], end: end.kind === 'pass' ? null : end, to: end.kind === 'dnat' ? end.to : null};
      if (end.kind === 'drop' || end.kind === 'reject') return {...onward, path: [...going.path, ...path], end};
      // A filter rule that is not understood is taken to let the packet through, and is named.
      return {...onward, unfollowed: going.unfollowed ?? (end.kind === 'undecided' ? end.rule : null)};
    }));
  });
}

/** What passed a filter chain in several ways and differs in nothing goes on as one. */
function merged(all: readonly Going[]): Going[] {
  const groups = new Map<string, Going>();
  const apart: Going[] = [];
  for (const going of all) {
    if (isZero(going.share)) continue;
    const key = `${going.packet.mark} ${going.packet.original === null}`;
    const other = groups.get(key);
    if (isOver(going) || (other !== undefined && other.path !== going.path)) apart.push(going);
    else groups.set(key, other === undefined ? going : {...other, share: plus(other.share, going.share), unfollowed: other.unfollowed ?? going.unfollowed});
  }
  return [...apart, ...groups.values()];
}
