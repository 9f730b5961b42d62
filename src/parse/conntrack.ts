/**
 * A node's DNS flows over UDP, as the section `conntrack` of its reading has them: `conntrack -L` (conntrack-tools, the kernel's
 * nfct_snprintf form) or /proc/net/nf_conntrack (ct_seq_show of net/netfilter/nf_conntrack_standalone.c). Nothing is lost: words
 * without a meaning here are kept by name, and lines of another form as they stood.
 */
export interface ConntrackListing {
  /** What was listed; null: nothing was, see `lacking`. */
  readonly way: 'conntrack' | 'nf_conntrack' | null;
  /** Entries of all kinds in the node's table when it was listed. */
  readonly count: number | null;
  readonly flows: readonly Flow[];
  readonly strange: readonly string[];
  /** Why flows that are not in the listing may still be there; null: it is whole. */
  readonly lacking: string | null;
}

export interface Flow {
  /** As the first packet was sent. */
  readonly original: Tuple;
  /** As the reply is expected: what differs from the original turned round was translated. */
  readonly reply: Tuple;
  /** Until it is forgotten if no packet comes; null: hardware or a flow table has it, and it does not age. */
  readonly seconds: number | null;
  /** `UNREPLIED`, `ASSURED`, `OFFLOAD`, …, without their brackets, in their order. */
  readonly flags: readonly string[];
  /** `mark`, `zone`, `use`, `secctx`, `packets` (of the original; the reply's is `reply packets`), … */
  readonly fields: Readonly<Record<string, string>>;
  /** What is neither. */
  readonly words: readonly string[];
  readonly raw: string;
}

export interface Tuple {
  /** As it stood: /proc has all digits of an IPv6 address, the tool its short form. */
  readonly source: string;
  readonly destination: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
}

export function parseConntrack(stdout: string, stderr: string): ConntrackListing {
  const flows: Flow[] = [];
  const strange: string[] = [];
  const numbers: Partial<Record<'count' | 'lines' | 'most', number>> = {};
  const ways: ('conntrack' | 'nf_conntrack')[] = [];
  let listed = 0;
  for (const raw of stdout.split('\n').filter(line => line.trim() !== '')) {
    const [, key, number] = /^(count|lines|most) (\d+)$/.exec(raw) ?? [];
    const way = /^conntrack ipv[46]$/.test(raw) ? 'conntrack' : raw === 'nf_conntrack' ? raw : null;
    const flow = parseFlow(raw);
    if (key !== undefined) numbers[key as 'count' | 'lines' | 'most'] = Number(number);
    else if (way !== null) ways.push(way);
    else if (flow === null) strange.push(raw);
    else {
      listed += 1;
      if (flow.original.destinationPort === 53) flows.push(flow); // grep finds a reply to a client's port 53 as well
    }
  }
  const {count = null, lines = null, most = Infinity} = numbers;
  const way = ways[0] ?? null;
  return {way, count, flows, strange, lacking: lackingOf({way, count, lines, listed, strange: strange.length, stderr, families: ways.length, most})};
}

/** An empty listing is one only if what listed it says so. */
function lackingOf(of: {way: ConntrackListing['way']; count: number | null; lines: number | null; listed: number; strange: number; stderr: string; families: number; most: number}): string | null {
  const said = of.stderr.trim().split('\n').at(-1) ?? '';
  const sums = [...of.stderr.matchAll(/(\d+) flow entries have been shown/g)].map(([, sum]) => Number(sum));
  if (of.way === null) return said === '' ? 'nothing was listed' : said;
  if (of.listed >= of.most) return `more than ${of.most} DNS flows: not all were listed`;
  if (of.strange > 0) return `${of.strange} lines of the listing were not understood`;
  if (of.way === 'nf_conntrack') return of.lines === null || (of.lines === 0 && (of.count ?? 0) > 0) ? `/proc/net/nf_conntrack was not read to its end${said === '' ? '' : `: ${said}`}` : null;
  if (sums.length < of.families || of.families < 2) return `conntrack did not list all${said === '' ? '' : `: ${said}`}`;
  const shown = sums.reduce((a, b) => a + b, 0);
  return shown === of.listed ? null : `conntrack has listed ${shown} entries, of which ${of.listed} arrived`;
}

/** Null: no entry of UDP. */
function parseFlow(raw: string): Flow | null {
  const [, timeout, rest = ''] = /^(?:ipv[46] +\d+ +)?udp +17 +(?:(\d+) +)?(.*)$/.exec(raw) ?? [];
  if (rest === '') return null;
  const tuples: Record<string, string>[] = [];
  const flags: string[] = [];
  const fields: Record<string, string> = {};
  const words: string[] = [];
  for (const word of rest.split(/ +/).filter(each => each !== '')) {
    const equals = word.indexOf('=');
    const [key, value] = [word.slice(0, Math.max(0, equals)), word.slice(equals + 1)];
    if (key === 'src') tuples.push({});
    if (word.startsWith('[') && word.endsWith(']')) flags.push(word.slice(1, -1));
    else if (key === '') words.push(word);
    else if (key === 'src' || key === 'dst' || key === 'sport' || key === 'dport') (tuples.at(-1) ?? {})[key] = value;
    else fields[key in fields ? `reply ${key}` : key] = value;
  }
  const [original, reply] = tuples.map(toTuple);
  if (tuples.length !== 2 || original === undefined || original === null || reply === undefined || reply === null) return null;
  return {original, reply, seconds: timeout === undefined ? null : Number(timeout), flags, fields, words, raw};
}

function toTuple({src, dst, sport, dport}: Readonly<Record<string, string>>): Tuple | null {
  const ports = [sport, dport].map(port => (port !== undefined && /^\d{1,5}$/.test(port) ? Number(port) : -1));
  const [sourcePort = -1, destinationPort = -1] = ports;
  return src === undefined || dst === undefined || ports.includes(-1) ? null : {source: src, destination: dst, sourcePort, destinationPort};
}
