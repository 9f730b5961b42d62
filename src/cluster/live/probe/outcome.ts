import {constants} from 'node:os';
import type {DnsTry} from '../../dns.ts';
import {formatAddress} from '../../dns-address.ts';

type Outcome = DnsTry['outcome'];

/** Linux' error numbers, the same on amd64 and arm64 (asm-generic/errno.h); whatever machine kdiag itself runs on. */
const errors: ReadonlyMap<number, readonly [name: string, outcome: Outcome]> = new Map([
  // netfilter's DROP or REJECT of what the place itself sends (nf_hook_slow)
  [1, ['EPERM', 'refused']],
  [32, ['EPIPE', 'reset']],
  [62, ['ETIME', 'not-sent']],
  [101, ['ENETUNREACH', 'no-route']],
  [104, ['ECONNRESET', 'reset']],
  [110, ['ETIMEDOUT', 'timed-out']],
  [111, ['ECONNREFUSED', 'refused']],
  [113, ['EHOSTUNREACH', 'host-unreachable']],
]);

/** What the probe said of a try → its outcome. A failure to send that the network gave has its outcome; all others are `not-sent`. */
export function outcomeOf(what: string, errno: number, from: string, icmp: string): Pick<DnsTry, 'outcome' | 'detail'> {
  if (what === 'answer') return {outcome: 'answered', detail: null};
  if (what === 'timeout') return {outcome: 'timed-out', detail: null};
  if (what === 'closed') return {outcome: 'closed', detail: 'the connection ended before the answer was whole'};
  const [name, outcome] = errors.get(errno) ?? [nameOf(errno), 'not-sent' as const];
  if (name === 'ETIME') return {outcome, detail: 'there was no time left for it'};
  const [type = '', code = ''] = icmp.split('.');
  const said = icmp === '-' ? '' : `, ICMP type ${type} code ${code}${from === '-' ? '' : ` from ${formatAddress(Buffer.from(from.split('.')[0] ?? '', 'hex'))}`}`;
  return {outcome: what === 'error' && outcome === 'not-sent' ? 'host-unreachable' : outcome, detail: `${name}${said}`};
}

/** 1 to 34 are the same everywhere; others are told by their number. */
function nameOf(errno: number): string {
  const name = errno < 35 ? Object.entries(constants.errno).find(([, number]) => number === errno)?.[0] : undefined;
  return name ?? `errno ${errno}`;
}
