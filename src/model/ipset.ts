import type {IpSet, Member} from '../parse/ipset.ts';
import {type Address, type Block, contains, formatAddress, parseBlock} from './ip.ts';
import type {Packet} from './packet.ts';

export type Sets = ReadonlyMap<string, IpSet>;

/** A set as it is asked: members that hold one value each by their text, the others one by one. */
interface Index {
  readonly dimensions: readonly string[];
  readonly exact: ReadonlySet<string>;
  readonly wide: readonly Member[];
}

const indices = new WeakMap<IpSet, Index>();

/**
 * Whether a packet is in a set (`-m set --match-set NAME dst,dst,src`; net/netfilter/xt_set.c, ipset(8)); null: kdiag cannot tell.
 * Decided: sets of addresses, networks and ports, and lists of such sets. Not decided: sets of interfaces, marks or MAC addresses, of
 * masked addresses, members with `nomatch`, and the client's port.
 */
export function isInSet(sets: Sets | null, name: string, directions: string, packet: Packet): boolean | null {
  const set = sets?.get(name);
  if (set === undefined) return null;
  if (set.type === 'list:set') return any(set.members.map(({element}) => isInSet(sets, element.split(',')[0] ?? '', directions, packet)));
  if (set.options.some(option => option === 'netmask' || option === 'bitmask' || option === 'markmask')) return null;
  if (set.options.includes('inet6') !== (packet.destination.family === 6) && set.options.includes('family')) return false;
  const {dimensions, exact, wide} = indexOf(set);
  const asked = dimensions.map((dimension, i) => value(dimension, directions.split(',')[i], set.type === 'bitmap:port', packet));
  if (asked.every(each => each !== null) && exact.has(asked.map(each => (typeof each === 'string' ? each : formatAddress(each))).join(','))) return true;
  const rest = asked.every(each => each !== null) ? wide : set.members;
  return any(rest.map(({element, options}) => {
    const hit = every(element.split(',').map((part, i) => agrees(part, asked[i] ?? null)));
    return hit === true && / nomatch\b/.test(options) ? null : hit;
  }));
}

function indexOf(set: IpSet): Index {
  let index = indices.get(set);
  if (index === undefined) {
    const isWide = ({element, options}: Member): boolean => /[/-]/.test(element) || options.includes('nomatch');
    const dimensions = (set.type.split(':')[1] ?? '').split(',');
    indices.set(set, (index = {dimensions, exact: new Set(set.members.filter(member => !isWide(member)).map(({element}) => element)), wide: set.members.filter(isWide)}));
  }
  return index;
}

/** An address, `tcp:80` (in a bitmap `80`), or null where it is not known. */
function value(dimension: string, direction: string | undefined, isBitmap: boolean, packet: Packet): Address | string | null {
  if (dimension === 'ip' || dimension === 'net') return direction === 'dst' ? packet.destination : direction === 'src' ? packet.source : null;
  if (dimension === 'port' && direction === 'dst') return isBitmap ? String(packet.port) : `${packet.protocol}:${packet.port}`;
  return null;
}

/** One part of a member: an address or a network, a port or a range of them. */
function agrees(part: string, asked: Address | string | null): boolean | null {
  if (asked === null) return null;
  if (typeof asked !== 'string') {
    const block = blockOf(part);
    return block === null ? null : contains(block, asked);
  }
  const [, protocol = '', low = '', high = low] = /^(?:(\w+):)?(\d+)(?:-(\d+))?$/.exec(part) ?? [];
  const [, own = '', port = ''] = /^(?:(\w+):)?(\d+)$/.exec(asked) ?? [];
  return low === '' ? null : protocol === own && Number(port) >= Number(low) && Number(port) <= Number(high);
}

const blocks = new Map<string, Block | null>();
function blockOf(text: string): Block | null {
  let block = blocks.get(text);
  if (block === undefined) blocks.set(text, (block = parseBlock(text)));
  return block;
}

function any(hits: readonly (boolean | null)[]): boolean | null {
  return hits.includes(true) ? true : hits.includes(null) ? null : false;
}

function every(hits: readonly (boolean | null)[]): boolean | null {
  return hits.includes(false) ? false : hits.includes(null) ? null : true;
}
