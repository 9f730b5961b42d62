import {isAlike, type Packet} from '../packet.ts';
import type {Place} from './place.ts';
import type {Program} from './program.ts';
import {type Leaf, traverse} from './traverse.ts';

interface Known {
  readonly keyOf: (packet: Packet, place: Place) => string;
  readonly leaves: Map<string, readonly Leaf[]>;
}

/** Of each base chain so many results are kept. */
const most = 1000;

const made = new WeakMap<Program, Map<string, Known | null>>();

/**
 * What becomes of a packet in a base chain, as traverse() says. Most filter chains ask nothing about which endpoint a packet goes
 * to: packets that its rules cannot tell apart are sent through it once.
 */
export function leavesOf(program: Program, base: string, packet: Packet, place: Place): readonly Leaf[] {
  if (program.decisive === undefined) return traverse(program, base, packet, place);
  const known = knownOf(program, base);
  if (known === null) return traverse(program, base, packet, place);
  const key = known.keyOf(packet, place);
  const found = known.leaves.get(key);
  if (found !== undefined) return found.map(leaf => ({share: leaf.share, end: leaf.end, packet: likewise(packet, leaf.packet), path: leaf.path}));
  const leaves = traverse(program, base, packet, place);
  if (known.leaves.size >= most) known.leaves.clear();
  known.leaves.set(key, leaves);
  return leaves;
}

function knownOf(program: Program, base: string): Known | null {
  const bases = made.get(program) ?? new Map<string, Known | null>();
  made.set(program, bases);
  const found = bases.get(base);
  if (found !== undefined) return found;
  const keyOf = program.decisive?.(base) ?? null;
  const known = keyOf === null ? null : {keyOf, leaves: new Map<string, readonly Leaf[]>()};
  bases.set(base, known);
  return known;
}

/** A packet in the state that one like it came to. */
function likewise(packet: Packet, {mark, unsure, connectionMark}: Packet): Packet {
  const then = {...packet, mark, ...(unsure === undefined ? {} : {unsure}), ...(connectionMark === undefined ? {} : {connectionMark})};
  return isAlike(packet, then) ? packet : then;
}
