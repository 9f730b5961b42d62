import type {Line} from '../netfilter/program.ts';

/** What the schedulers of net/netfilter/ipvs do, in a few words. */
const schedulers: Readonly<Record<string, string>> = {
  rr: 'in turn', wrr: 'in turn, by weight', lc: 'to the one with the fewest connections', wlc: 'to the one with the fewest connections for its weight',
  sed: 'to the one with the shortest expected delay', nq: 'to an idle one, else to the one with the shortest expected delay',
  sh: "by the client's address", mh: "by the client's address", dh: 'by the address asked for',
};

/** A line of ipvsadm -Ln: a virtual server, or a destination of the one whose name the line's chain is. */
export function ipvsWords({raw, chain}: Line): string {
  const [, to, forward = '', weight = ''] = /^\s*-> (\S+) (\S+) (\d+)/.exec(raw) ?? [];
  const [, protocol = '', address = chain] = /^(\S+) (\S+)$/.exec(chain) ?? [];
  const whom = protocol === 'FWM' ? `packets marked ${address}` : `packets for ${address}/${protocol}`;
  if (to !== undefined) return `${whom} go to ${to} (weight ${weight}${forward === 'Masq' ? '' : `, forwarded by ${forward}`})`;
  const scheduler = raw.startsWith(`${chain} `) ? raw.slice(chain.length + 1).split(' ')[0] ?? '' : '';
  if (scheduler === '') return raw.trim();
  const told = schedulers[scheduler];
  if (raw.includes('(it has no destination)')) return `${whom} are refused: their virtual server has no destination`;
  return `${whom} are shared between the virtual server's destinations by ${scheduler}${told === undefined ? '' : ` (${told})`}`;
}
