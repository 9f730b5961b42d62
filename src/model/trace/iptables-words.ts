import type {Criterion, Rule, Target} from '../../parse/iptables.ts';
import {chainNote} from './chains.ts';
import {chanceText, type Context, jumpWords, sentence} from './context.ts';

/** What a rule of iptables does, in one clause: `packets for 10.96.0.1:443/TCP go on in KUBE-SVC-… (default/kubernetes:https)`. */
export function iptablesWords(rule: Rule, context: Context): string {
  return sentence(drawOf(rule.criteria), whomOf(rule.criteria), deedOf(rule, context));
}

function drawOf(criteria: readonly Criterion[]): string | null {
  for (const {option, values: [value = ''], negated} of criteria) {
    if (option === 'probability') return chanceText(negated ? 1 - Number(value) : Number(value));
    if (option === 'every') return `1/${value}`;
  }
  return null;
}

/** Who is meant. Address, port and protocol are told together, as people write them. */
function whomOf(criteria: readonly Criterion[]): string | null {
  const plain = (option: string): string | null => criteria.find(each => each.option === option && !each.negated && each.known)?.values[0] ?? null;
  const [protocol, destination, port] = [plain('protocol'), plain('destination'), plain('dport') ?? plain('destination-port')];
  const name = protocol === null ? '' : protocol.toUpperCase();
  const target = port !== null
    ? `for ${destination === null ? 'port ' : `${bracketed(host(destination))}:`}${port}${name === '' ? '' : `/${name}`}`
    : destination === null ? null : `for ${host(destination)}`;
  const told = new Set(['protocol', 'destination', 'dport', 'destination-port']);
  const rest = criteria.flatMap(each => {
    if (told.has(each.option) && !each.negated && each.known) return [];
    const words = each.known ? phrase(each, criteria) : rawWords(each);
    return words === null ? [] : [words];
  });
  const parts = [...(target === null ? [] : [target]), ...rest];
  const kind = name === '' || port !== null ? 'packets' : `${name} packets`;
  return parts.length === 0 ? (kind === 'packets' ? null : kind) : `${kind} ${parts.join(' ')}`;
}

/** Null: it says nothing of its own. */
function phrase({option, negated, values}: Criterion, all: readonly Criterion[]): string | null {
  const value = values[0] ?? '';
  const not = negated ? 'not ' : '';
  switch (option) {
    case 'source': return `from ${negated ? 'outside ' : ''}${host(value)}`;
    case 'destination': return `for ${negated ? 'anything but ' : ''}${host(value)}`;
    case 'protocol': return `${negated ? 'of another protocol than' : 'of protocol'} ${value.toUpperCase()}`;
    case 'dport': case 'destination-port': return `for ${negated ? 'another port than' : 'port'} ${value}`;
    case 'dports': return `for ${negated ? 'other ports than' : 'ports'} ${value}`;
    case 'sport': case 'source-port': case 'sports': return `from ${negated ? 'another port than' : 'port'} ${value}`;
    case 'ports': return `from or for ${negated ? 'other ports than' : 'ports'} ${value}`;
    case 'in-interface': return `that ${negated ? 'did not come' : 'came'} in by ${value}`;
    case 'out-interface': return `that ${negated ? 'do not leave' : 'leave'} by ${value}`;
    case 'ctstate': case 'state': return `of ${stateWords(value, negated)}`;
    case 'ctorigdst': return `that were ${not}sent to ${host(value)} at first`;
    case 'ctorigdstport': return `that were ${not}sent to port ${value} at first`;
    case 'mark': return `${not}marked ${value}`;
    case 'dst-type': return value === 'LOCAL' ? `for ${negated ? 'other addresses than ' : 'an address of '}the node's own` : `for ${negated ? 'other addresses than ' : ''}${value} ones`;
    case 'src-type': return value === 'LOCAL' ? `${not}sent by the node itself` : `from ${negated ? 'other addresses than ' : ''}${value} ones`;
    case 'match-set': return `that are ${not}in the set ${value} (by ${values[1] ?? ''})`;
    case 'rcheck': case 'update': {
      const seconds = all.find(each => each.option === 'seconds')?.values[0];
      return `of clients that were${negated ? ' not' : ''} here before${seconds === undefined ? '' : ` in the last ${seconds} s`}`;
    }
    case 'set': return '(the client is remembered)';
    case 'remove': return '(the client is forgotten)';
    case 'syn': return `that ${negated ? 'do not open' : 'open'} a connection`;
    case 'tcp-flags': return `${negated ? 'without' : 'with'} the TCP flags ${values[1] ?? ''} of ${value}`;
    case 'fragment': return negated ? 'that are no later fragments' : 'that are later fragments';
    case 'limit-iface-in': return '(on the interface that they came in by)';
    case 'limit-iface-out': return '(on the interface that they leave by)';
    case 'probability': case 'every': case 'mode': case 'packet': case 'comment': case 'match': case 'name': case 'mask': case 'rsource': case 'rdest':
    case 'seconds': case 'hitcount': case 'reap': case 'rttl': case 'nfacct-name': return null;
    default: return rawWords({option, negated, values, known: true});
  }
}

function rawWords({option, negated, values}: Criterion): string {
  return `with “${`${negated ? '! ' : ''}--${option} ${values.join(' ')}`.trimEnd()}”`;
}

function stateWords(states: string, negated: boolean): string {
  const known: Readonly<Record<string, string>> = {'NEW': 'new connections', 'INVALID': 'no connection (INVALID)', 'DNAT': 'translated connections', 'RELATED,ESTABLISHED': 'connections that were let in before', 'ESTABLISHED,RELATED': 'connections that were let in before', 'ESTABLISHED': 'connections that were let in before'};
  const words = known[states];
  return !negated && words !== undefined ? words : `connections in ${negated ? 'another state than' : 'state'} ${states.replaceAll(',', ', ')}`;
}

function deedOf({target, comment}: Rule, context: Context): string {
  const because = comment === null || comment === '' ? '' : ` (${comment})`;
  if (target === null) return 'are counted';
  const option = (name: string): string | null => target.options.find(each => each.option === name)?.values.join(' ') ?? null;
  switch (target.name) {
    case 'ACCEPT': return `are let through${because}`;
    case 'DROP': return `are dropped${because}`;
    case 'REJECT': return `are refused with ${option('reject-with') ?? 'icmp-port-unreachable'}${because}`;
    case 'RETURN': return `leave this chain${because}`;
    case 'MARK': return markWords(target, option);
    case 'DNAT': return `are translated to ${option('to-destination') ?? context.to ?? '?'}`;
    case 'REDIRECT': return `are sent to the node itself${option('to-ports') === null ? '' : `, port ${option('to-ports')}`}`;
    case 'MASQUERADE': return 'are masqueraded: they get an address of the node as sender';
    case 'SNAT': return `get ${option('to-source') ?? '?'} as sender`;
    case 'LOG': case 'NFLOG': case 'ULOG': return 'are logged';
    case 'CT': case 'NOTRACK': return target.name === 'CT' && !target.options.some(each => each.option === 'notrack') ? `are handled by “${targetText(target)}”` : 'are not tracked as connections';
    case 'TCPMSS': return 'get a smaller segment size (TCPMSS)';
  }
  if (target.options.length > 0) return `are given to “${targetText(target)}”`;
  return jumpWords(target.name, comment === null || comment === '' ? chainNote(target.name) : comment);
}

function markWords(target: Target, option: (name: string) => string | null): string {
  const value = option('set-xmark') ?? option('set-mark') ?? option('or-mark');
  return value === null ? `are given to “${targetText(target)}”` : `are marked ${value}`;
}

function targetText({name, options}: Target): string {
  return [name, ...options.map(({option, values}) => [`--${option}`, ...values].join(' '))].join(' ');
}

/** An address without the length of a whole one. */
function host(block: string): string {
  return block.replace(/^([\d.]+)\/32$/, '$1').replace(/^([0-9a-f:]*:[0-9a-f:.]*)\/128$/i, '$1');
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
