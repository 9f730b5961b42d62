import type {Address} from '../ip.ts';
import type {Ipvs} from '../ipvs/ipvs.ts';
import type {NodeRules} from '../node-rules.ts';
import type {Packet} from '../packet.ts';
import {type Base, basesOf} from './hooks.ts';
import {type Site, siteOf} from './place.ts';
import {areToldApart} from './told-apart.ts';
import type {Walk} from './walk.ts';

/** A walk, and all that it depends on besides the base chains and what the key says of the packet. */
interface Known {
  readonly source: Address | null;
  /** What the walk asked of the node. */
  readonly answers: readonly Answer[];
  /** Its own addresses, if the walk went through them; else undefined. */
  readonly addresses: ReadonlySet<string> | null | undefined;
  readonly walk: Walk;
}

/** Whether an address was one of the node's own; `sender`: whichever address the packet has come from. */
interface Answer {
  readonly address: Address | 'sender';
  readonly isLocal: boolean | null;
}

/** Of the same rules walks with so many outcomes in all are kept, and so many walks for one question. */
const most = 20_000;
const few = 8;

interface Walks {
  readonly byKey: Map<string, readonly Known[]>;
  /** The node that asked first. */
  readonly first: NodeRules;
  isShared: boolean;
  outcomes: number;
}

const made = new WeakMap<readonly Base[], WeakMap<Ipvs, Walks>>();

/**
 * A walk through a node's own base chains, made once for nodes with the same rules. It depends on the rules, on what the packet is
 * at its beginning and on what it asks of the node; from whom the packet is counts as far as some rule could tell. What a walk asked
 * is written down, and another node has the same walk only if it gives the same answers.
 */
export function knownWalk(rules: NodeRules, packet: Packet, send: (site: Site, packet: Packet, bases: readonly Base[]) => Walk): Walk {
  const [site, bases] = [siteOf(rules), basesOf(rules, packet.destination.family)];
  const key = keyOf(packet);
  if (key === null) return send(site, packet, bases);
  const walks = walksOf(bases, rules);
  walks.isShared ||= walks.first !== rules;
  // of one large node each way is asked for once; what comes from other nodes is asked for by each of them
  if (!walks.isShared && packet.from !== 'outside') return send(site, packet, bases);
  const known = walks.byKey.get(key) ?? [];
  const found = known.find(each => isOf(each, site, packet) && (isSame(each.source, packet.source) || !areToldApart(rules, bases, each.source, packet.source)));
  if (found !== undefined) return found.walk;
  const {asked, ...listening} = heard(site, packet);
  const walk = send(listening.site, packet, bases);
  keep(walks, key, [{source: packet.source, ...asked(), walk}, ...known.slice(0, few - 1)]);
  return walk;
}

/** A packet that is new on a node, without its sender; null: it has a history. */
function keyOf({protocol, source, destination, port, from, mark, original, ...history}: Packet): string | null {
  if (original !== null || Object.keys(history).length > 0) return null;
  return `${protocol} ${source === null ? '?' : source.family} ${destination.family} ${destination.bits} ${port} ${from} ${mark}`;
}

/** Where there would be too many, all others go: what is asked next is most likely new. */
function keep(walks: Walks, key: string, known: readonly Known[]): void {
  walks.outcomes += known[0]?.walk.orders.reduce((sum, outcomes) => sum + outcomes.length, 1) ?? 0;
  if (walks.outcomes > most) {
    walks.byKey.clear();
    walks.outcomes = 0;
  }
  walks.byKey.set(key, known);
}

function walksOf(bases: readonly Base[], rules: NodeRules): Walks {
  const beside = made.get(bases) ?? new WeakMap<Ipvs, Walks>();
  made.set(bases, beside);
  const walks = beside.get(rules.ipvs) ?? {byKey: new Map(), first: rules, isShared: false, outcomes: 0};
  beside.set(rules.ipvs, walks);
  return walks;
}

function isOf({answers, addresses}: Known, site: Site, {source}: Packet): boolean {
  return (addresses === undefined || addresses === site.addresses()) && answers.every(({address, isLocal}) => {
    const asked = address === 'sender' ? source : address;
    return asked !== null && site.isLocal(asked) === isLocal;
  });
}

/** The same site, which remembers what it was asked. */
function heard(site: Site, {source, destination}: Packet): {readonly site: Site; readonly asked: () => Pick<Known, 'answers' | 'addresses'>} {
  const answers = new Map<string, Answer>();
  let addresses: ReadonlySet<string> | null | undefined;
  return {
    asked: () => ({answers: [...answers.values()], addresses}),
    site: {
      ...site,
      isLocal: address => {
        const isLocal = site.isLocal(address);
        const isSender = isSame(address, source);
        if (isSender) answers.set('sender', {address: 'sender', isLocal});
        if (!isSender || isSame(address, destination)) answers.set(`${address.family} ${address.bits}`, {address, isLocal});
        return isLocal;
      },
      addresses: () => (addresses = site.addresses()),
    },
  };
}

function isSame(a: Address | null, b: Address | null): boolean {
  return a === b || (a !== null && b !== null && a.bits === b.bits && a.family === b.family);
}
