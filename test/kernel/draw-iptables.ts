import {type Family, plans, ports} from './addresses.ts';
import type {Random} from './random.ts';

/** What a drawn text may contain; a rule set that asks for it has its own account. */
export interface Wishes {
  readonly interfaces: boolean;
  /** `--mode nth`, numgen inc: draws that depend on each other. */
  readonly counted: boolean;
  readonly affinity: boolean;
}

type TableName = 'raw' | 'mangle' | 'nat' | 'filter';
type HookName = 'PREROUTING' | 'INPUT' | 'FORWARD' | 'OUTPUT' | 'POSTROUTING';

const hooksOf: Readonly<Record<TableName, readonly HookName[]>> = {
  raw: ['PREROUTING', 'OUTPUT'], mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'], filter: ['INPUT', 'FORWARD', 'OUTPUT'],
};

/** Rules that must not tell a connection's first packet from its next ones, nor stop answers and errors on their way back. */
export function prelude(table: TableName, family: Family, chain: string): string[] {
  const {blocks, own} = plans[family];
  const answers = chain === 'OUTPUT' ? own.map(address => `-s ${address} -p tcp -m tcp --tcp-flags RST RST`) : [...blocks.srv].map(block => `-s ${block}`);
  const sources = table === 'raw' && chain === 'PREROUTING' ? [...answers, ...plans[family].vips.map(vip => `-s ${vip}`), ...plans[family].elsewhere.map(host => `-s ${host}`)] : answers;
  return [`-p ${family === 4 ? 'icmp' : 'ipv6-icmp'}`, ...(table === 'raw' ? (chain === 'OUTPUT' ? [...sources, '-p tcp -m tcp --tcp-flags ACK ACK'] : sources) : ['-m conntrack --ctstate RELATED,ESTABLISHED'])].map(match => `-A ${chain} ${match} -j ACCEPT`);
}

/** The text of iptables-restore with drawn rules in drawn tables. */
export function drawIptables(random: Random, family: Family, wishes: Wishes, number: number): string {
  const tables = (['raw', 'mangle', 'nat', 'filter'] as const).filter(table => random.maybe({raw: 0.4, mangle: 0.5, nat: 0.9, filter: 0.8}[table]));
  return tables.map(table => drawTable(random, family, table, wishes, number)).join('');
}

/** User chains are called only by chains before them: no loops. In nat they belong to one direction, as the kernel wants it. */
function drawTable(random: Random, family: Family, table: TableName, wishes: Wishes, number: number): string {
  const directions = table === 'nat' ? ['D', 'S'] : ['U'];
  const users = directions.flatMap(direction => Array.from({length: random.between(0, 5)}, (_, i) => `${direction}${i}`));
  const lines = [`*${table}`];
  for (const hook of hooksOf[table]) lines.push(`:${hook} ${table !== 'nat' && table !== 'raw' && random.maybe(table === 'filter' ? 0.2 : 0.05) ? 'DROP' : 'ACCEPT'} [0:0]`);
  for (const user of users) lines.push(`:${user} - [0:0]`);
  for (const chain of [...hooksOf[table], ...users]) {
    const isBase = hooksOf[table].includes(chain as HookName);
    if (isBase && table !== 'nat') lines.push(...prelude(table, family, chain));
    const direction = table !== 'nat' ? 'U' : isBase ? (chain === 'PREROUTING' || chain === 'OUTPUT' ? 'D' : 'S') : chain.slice(0, 1);
    const below = users.filter(user => user.startsWith(direction) && (isBase || Number(user.slice(1)) > Number(chain.slice(1))));
    const count = random.between(isBase ? 1 : 0, 5);
    for (let i = 0; i < count; i++) lines.push(drawRule(random, {family, table, chain, isBase, direction, below, wishes, number}));
  }
  return `${lines.join('\n')}\nCOMMIT\n`;
}

interface Spot {
  readonly family: Family;
  readonly table: TableName;
  readonly chain: string;
  readonly isBase: boolean;
  readonly direction: string;
  readonly below: readonly string[];
  readonly wishes: Wishes;
  readonly number: number;
}

function drawRule(random: Random, spot: Spot): string {
  const protocol = random.maybe(0.55) ? random.draw(['tcp', 'udp'] as const) : null;
  const target = drawTarget(random, spot, protocol);
  // what ends a packet's way should not take most packets
  const many = /DROP|REJECT|NOTRACK|ACCEPT/.test(target) ? 2 : random.between(0, 2);
  const criteria = new Map<string, string>();
  for (let i = 0; i < many; i++) {
    const [key, text] = drawCriterion(random, spot, protocol);
    criteria.set(key, text);
  }
  return `-A ${spot.chain} ${protocol === null ? '' : `-p ${protocol} `}${[...criteria.values()].join(' ')} ${target}`.replaceAll(/ +/g, ' ').trimEnd();
}

export function drawBlock(random: Random, family: Family, side: 'source' | 'destination'): string {
  const plan = plans[family];
  if (side === 'source') return family === 4 ? random.draw(['10.1.0.0/16', '10.1.0.0/24', '203.0.113.0/25', '203.0.113.0/24', '0.0.0.0/1', `${plan.own[0]}`, '10.1.2.0/23', '172.30.0.0/16']) : random.draw(['fd00:1::/64', 'fd00:1::400/120', '2001:db8:c1::/64', '2001:db8::/32', 'fd00::/8', `${plan.own[0]}`, 'fd30::/16']);
  const some = random.draw([...plan.vips, ...plan.vips, ...plan.endpoints, ...plan.own, ...plan.elsewhere]);
  return random.maybe(0.5) ? some : family === 4 ? random.draw(['10.96.0.0/16', '10.96.0.0/30', '10.2.0.0/24', '10.2.0.12/30', '198.51.100.0/24', '10.0.0.0/8', '10.96.0.1/255.255.0.253', '172.30.0.0/16', '127.0.0.0/8']) : random.draw(['fd00:96::/64', 'fd00:96::2/127', 'fd00:2::/64', 'fd00:2::c/126', 'fd00::/8', '2001:db8::/32']);
}

export function drawPorts(random: Random): string {
  const port = (): string => (random.maybe(0.2) ? random.draw(['1:100', '440:9000', '30000:32767', '8080:65535']) : String(random.draw(ports)));
  return Array.from({length: random.between(1, 4)}, port).join(',');
}

export const drawMark = (random: Random): number => random.draw([0x1, 0x2, 0x4000, 0x8000, 0xc000, 0x10000]);

function drawCriterion(random: Random, spot: Spot, protocol: 'tcp' | 'udp' | null): [string, string] {
  const not = random.maybe(0.2) ? '! ' : '';
  const mark = drawMark(random);
  const kinds: (readonly [number, string, () => string])[] = [
    [3, 'd', () => `${not}-d ${drawBlock(random, spot.family, 'destination')}`],
    [2, 's', () => `${not}-s ${drawBlock(random, spot.family, 'source')}`],
    [1.5, 'mark', () => `-m mark ${not}--mark ${random.maybe(0.7) ? `0x${mark.toString(16)}/0x${mark.toString(16)}` : `0x${mark.toString(16)}/0x${(mark | drawMark(random)).toString(16)}`}`],
    [1, 'comment', () => `-m comment --comment "${random.draw(['drawn', 'a \\"quoted\\" word', 'ns/svc:http -j DROP'])}"`],
    [0.5, 'srange', () => `-m iprange ${not}--dst-range ${spot.family === 4 ? '10.96.0.2-10.96.0.4' : 'fd00:96::2-fd00:96::4'}`],
    [0.3, 'pkttype', () => '-m pkttype --pkt-type unicast'],
  ];
  if (protocol !== null) kinds.push([3, 'dport', () => `-m ${protocol} ${not}--dport ${random.draw([...ports.map(String), '1:1023', '8080:9090'])}`], [1, 'dports', () => `-m multiport ${not}--dports ${drawPorts(random)}`]);
  if (protocol === 'tcp' && spot.table !== 'raw') kinds.push([0.5, 'flags', () => random.draw([`-m tcp ${not}--tcp-flags FIN,SYN,RST,ACK SYN`, '-m tcp --tcp-flags SYN,RST SYN', '-m tcp --tcp-flags ACK NONE', '-m tcp --tcp-flags ALL SYN', '-m tcp --tcp-flags SYN,ACK SYN,ACK'])]);
  if (spot.table !== 'raw') {
    kinds.push(
      [1, 'ctstate', () => `-m conntrack ${not}--ctstate ${random.draw(['NEW', 'INVALID', 'NEW,RELATED', 'DNAT', 'RELATED,ESTABLISHED', 'RELATED,ESTABLISHED,DNAT', 'NEW,INVALID', 'SNAT', 'UNTRACKED'])}`],
      [1, 'ctorig', () => `-m conntrack ${random.draw([`${not}--ctorigdst ${drawBlock(random, spot.family, 'destination')}`, `${not}--ctorigdstport ${random.draw(ports)}`, `${not}--ctproto ${random.draw([6, 17])}`, '--ctdir ORIGINAL', `${not}--ctorigsrc ${drawBlock(random, spot.family, 'source')}`, `${not}--ctstatus ${random.draw(['NONE', 'EXPECTED', 'SEEN_REPLY', 'CONFIRMED'])}`, `${not}--ctreplsrc ${drawBlock(random, spot.family, 'destination')}`])}`],
      [0.3, 'state', () => `-m state ${not}--state ${random.draw(['NEW', 'ESTABLISHED', 'INVALID,NEW', 'UNTRACKED'])}`],
      [0.7, 'random', () => `-m statistic --mode random ${not}--probability ${random.draw(['0.5', '0.33333333349', '0.25', '0.1', '0.9', '1.0'])}`],
      [0.3, 'connmark', () => `-m connmark ${not}--mark ${random.draw(['0x0', '0x1/0x1'])}`],
    );
    if (spot.wishes.counted) kinds.push([0.5, 'nth', () => { const every = random.between(2, 4); return `-m statistic --mode nth --every ${every} --packet ${random.between(0, every - 1)}`; }]);
  }
  kinds.push([1.5, 'addrtype', () => random.draw([`-m addrtype ${not}--dst-type LOCAL`, `-m addrtype ${not}--src-type LOCAL`, '-m addrtype --dst-type UNICAST', '-m addrtype --dst-type UNICAST,LOCAL', ...(spot.family === 4 ? [`-m addrtype ${not}--dst-type BROADCAST`] : []), `-m addrtype ${not}--dst-type MULTICAST`])]);
  if (spot.wishes.interfaces) kinds.push([2, 'interface', () => drawInterface(random, spot, not)]);
  let at = random.chance() * kinds.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, key, text] of kinds) if ((at -= weight) < 0) return [key, text()];
  return ['d', ''];
}

/** `-i` and `-o` are allowed only where there is such an interface. */
function drawInterface(random: Random, spot: Spot, not: string): string {
  const name = random.draw(['pod0', 'srv0', 'out0', 'lo', 'pod+', 'docker0']);
  const hook = spot.chain;
  const sides = hook === 'PREROUTING' || hook === 'INPUT' ? ['-i'] : hook === 'OUTPUT' || hook === 'POSTROUTING' ? ['-o'] : hook === 'FORWARD' ? ['-i', '-o'] : [];
  return sides.length === 0 ? '' : `${not}${random.draw(sides)} ${name}`;
}

export const refusals: Readonly<Record<Family, readonly string[]>> = {
  4: ['icmp-port-unreachable', 'icmp-host-unreachable', 'icmp-net-unreachable', 'icmp-proto-unreachable', 'icmp-net-prohibited', 'icmp-host-prohibited', 'icmp-admin-prohibited'],
  6: ['icmp6-no-route', 'icmp6-adm-prohibited', 'icmp6-addr-unreachable', 'icmp6-port-unreachable'],
};

function drawTarget(random: Random, spot: Spot, protocol: 'tcp' | 'udp' | null): string {
  const [mark, other] = [drawMark(random), drawMark(random)];
  const marking = random.draw([`--set-xmark 0x${mark.toString(16)}/0x${(mark | other).toString(16)}`, `--or-mark 0x${mark.toString(16)}`, `--set-mark 0x${mark.toString(16)}`, `--and-mark 0x${(~mark >>> 0).toString(16)}`, `--xor-mark 0x${mark.toString(16)}`, `--set-xmark 0x${mark.toString(16)}/0x${mark.toString(16)}`]);
  const targets: (readonly [number, string])[] = [[1, '-j ACCEPT'], [1, '-j RETURN'], [2, `-j MARK ${marking}`], [0.7, ''], [0.3, '-j LOG --log-prefix "drawn "'], [0.2, '-j NFLOG --nflog-group 9']];
  if (spot.below.length > 0) targets.push([4, `-j ${random.draw(spot.below)}`], [1.5, `-g ${random.draw(spot.below)}`]);
  if (spot.table !== 'nat') targets.push([1, '-j DROP']);
  if (spot.table === 'filter') targets.push([1.2, protocol === 'tcp' && random.maybe(0.3) ? '-j REJECT --reject-with tcp-reset' : `-j REJECT --reject-with ${random.draw(refusals[spot.family])}`]);
  if (spot.table === 'mangle') targets.push([0.3, '-j CONNMARK --save-mark'], [0.3, '-j TTL --ttl-set 60'.replaceAll('TTL', spot.family === 4 ? 'TTL' : 'HL').replace('ttl', spot.family === 4 ? 'ttl' : 'hl')], [0.2, '-j DSCP --set-dscp 0x01'], [0.2, '-j CONNMARK --restore-mark']);
  if (spot.table === 'raw' && protocol === 'udp') targets.push([0.7, '-j CT --notrack']);
  if (spot.table === 'nat') targets.push(...translations(random, spot, protocol));
  let at = random.chance() * targets.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, text] of targets) if ((at -= weight) < 0) return text;
  return '';
}

function translations(random: Random, {family, chain, direction}: Spot, protocol: 'tcp' | 'udp' | null): (readonly [number, string])[] {
  const plan = plans[family];
  if (direction === 'S') {
    const to = random.draw([plan.own[0], family === 4 ? '172.30.9.9' : 'fd30:9::9']);
    return [[2, `-j SNAT --to-source ${to}`], ...(chain === 'INPUT' || chain.startsWith('S') ? [] : [[2, `-j MASQUERADE${random.maybe(0.5) ? ' --random-fully' : ''}`] as const])];
  }
  const host = random.draw([...plan.endpoints, ...plan.endpoints, ...plan.own]);
  const port = random.draw(ports);
  const to = protocol === null || random.maybe(0.3) ? host : `${family === 4 ? host : `[${host}]`}:${port}`;
  return [[5, `-j DNAT --to-destination ${to}`], ...(protocol === null ? [] : [[0.5, `-j DNAT --to-destination :${port}`] as const])];
}
