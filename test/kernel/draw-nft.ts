import {type Family, plans, ports} from './addresses.ts';
import {drawBlock, drawMark, type Wishes} from './draw-iptables.ts';
import type {Random} from './random.ts';

type Kind = 'filter' | 'dnat' | 'snat';

interface Base {
  readonly hook: 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting';
  readonly kind: Kind;
  readonly priority: number;
}

interface Spot {
  readonly family: Family | null; // null: inet
  readonly base: Base | null;
  readonly kind: Kind;
  /** Before conntrack: what asks for a connection's state sees none. */
  readonly early: boolean;
  readonly below: readonly string[];
  readonly sets: readonly string[];
  readonly wishes: Wishes;
}

/** Tables of nft's own, as firewalld, Calico and people write them: base chains at several priorities, sets, maps, verdict maps. */
export function drawNft(random: Random, wishes: Wishes): string {
  return Array.from({length: random.between(1, 2)}, (_, i) => drawTable(random, random.draw([4, 6, null, null]), `drawn${i}`, wishes)).join('');
}

const families: readonly Family[] = [4, 6];
const hooks = ['prerouting', 'input', 'forward', 'output', 'postrouting'] as const;

function drawTable(random: Random, family: Family | null, name: string, wishes: Wishes): string {
  const bases: Base[] = [];
  for (let i = 0, count = random.between(1, 5); i < count; i++) {
    const hook = random.draw(hooks);
    const nat = random.maybe(0.45);
    const kind: Kind = !nat ? 'filter' : hook === 'prerouting' || hook === 'output' ? 'dnat' : hook === 'postrouting' || hook === 'input' ? 'snat' : 'filter';
    bases.push({hook, kind, priority: kind === 'dnat' ? random.draw([-100, -110, -90]) : kind === 'snat' ? random.draw([100, 110, 90]) : random.draw([-300, -150, -105, -95, -10, 0, 10, 95, 105, 200])});
  }
  const users = (['filter', 'dnat', 'snat'] as const).filter(kind => bases.some(base => base.kind === kind)).flatMap(kind => Array.from({length: random.between(0, 4)}, (_, i) => `${kind}-u${i}`));
  const tableName = `${family === null ? 'inet' : family === 4 ? 'ip' : 'ip6'} ${name}`;
  const sets: string[] = [];
  const lines = [`table ${tableName} {`];
  for (const each of family === null ? families : [family]) {
    const type = each === 4 ? 'ipv4_addr' : 'ipv6_addr';
    const blocks = new Set(Array.from({length: random.between(1, 3)}, () => random.draw(plans[each].vips)));
    sets.push(`hosts${each}`, `pairs${each}`, `spans${each}`);
    lines.push(` set hosts${each} { type ${type}; elements = { ${[...blocks].join(', ')} } }`);
    lines.push(` set pairs${each} { type ${type} . inet_proto . inet_service; flags interval; elements = { ${random.draw(plans[each].vips)} . tcp . 1-100, ${each === 4 ? '10.2.0.0/24' : 'fd00:2::/64'} . udp . ${random.draw(ports)} } }`);
    lines.push(` set spans${each} { type ${type}; flags interval; elements = { ${each === 4 ? '10.96.0.2-10.96.0.4, 10.2.0.12/30' : 'fd00:96::2-fd00:96::4, fd00:2::c/126'} } }`);
  }
  sets.push('services');
  lines.push(` set services { type inet_service; flags interval; elements = { 53, 400-500, 9000-31000 } }`);
  const spot = (kind: Kind, base: Base | null, below: readonly string[]): Spot => ({family, base, kind, early: kind === 'filter' && (base === null ? bases.some(({kind: other, priority}) => other === 'filter' && priority <= -200) : base.priority <= -200), below, sets, wishes});
  // called chains stand first, last of them at the top
  for (const user of users.toReversed()) {
    const [kind = 'filter', index = ''] = user.split('-u') as [Kind, string];
    const below = users.filter(other => other.startsWith(`${kind}-u`) && Number(other.split('-u')[1]) > Number(index));
    lines.push(` chain ${user} {`, ...drawRules(random, random.between(0, 4), spot(kind, null, below)), ' }');
  }
  for (const [i, base] of bases.entries()) {
    const below = users.filter(other => other.startsWith(`${base.kind}-u`));
    lines.push(` chain base${i} {`, `  type ${base.kind === 'filter' ? 'filter' : 'nat'} hook ${base.hook} priority ${base.priority}; policy ${base.kind === 'filter' && base.priority > -200 && random.maybe(0.12) ? 'drop' : 'accept'};`);
    if (base.kind === 'filter') lines.push(...prelude(base, family));
    lines.push(...drawRules(random, random.between(1, 4), spot(base.kind, base, below)), ' }');
  }
  return `${lines.join('\n')}\n}\n`;
}

/** As of iptables' chains: answers and errors pass, and so does what is not a connection's first packet. */
function prelude({hook, priority}: Base, family: Family | null): string[] {
  const lines = ['meta l4proto { icmp, ipv6-icmp } accept'];
  if (priority > -200) lines.push('ct state related,established accept');
  for (const each of family === null ? families : [family]) {
    const {blocks, vips, elsewhere} = plans[each];
    const word = each === 4 ? 'ip' : 'ip6';
    if (hook !== 'output') lines.push(`${word} saddr { ${[blocks.srv[0], ...(priority <= -200 ? [...vips, ...elsewhere] : [])].join(', ')} } accept`);
  }
  if (hook === 'output') lines.push('tcp flags & rst == rst accept', ...(priority <= -200 ? ['tcp flags & ack == ack accept'] : []));
  return lines.map(line => `  ${line}`);
}

function drawRules(random: Random, count: number, spot: Spot): string[] {
  return Array.from({length: count}, () => `  ${drawRule(random, spot)}`);
}

function drawRule(random: Random, spot: Spot): string {
  const family = spot.family ?? random.draw(families);
  const protocol = random.maybe(0.5) ? random.draw(['tcp', 'udp'] as const) : null;
  const statement = drawStatement(random, spot, family, protocol);
  const many = /drop|reject|accept|notrack/.test(statement) ? 2 : random.between(0, 2);
  const matches = Array.from({length: many}, () => drawMatch(random, spot, family, protocol));
  // of inet tables a translation says its family by a match before it
  if (spot.family === null && /dnat|snat/.test(statement)) matches.unshift(`meta nfproto ${family === 4 ? 'ipv4' : 'ipv6'}`);
  if (protocol !== null && (/dnat .*:|dnat .*\. /.test(statement) || random.maybe(0.5))) matches.unshift(`meta l4proto ${protocol}`);
  return [...matches, random.maybe(0.2) ? 'counter' : '', statement].filter(part => part !== '').join(' ');
}

function drawMatch(random: Random, spot: Spot, family: Family, protocol: 'tcp' | 'udp' | null): string {
  const [ip, type] = family === 4 ? ['ip', 'ipv4'] : ['ip6', 'ipv6'];
  const not = random.maybe(0.2) ? '!= ' : '';
  const mark = `0x${drawMark(random).toString(16)}`;
  const block = (side: 'source' | 'destination'): string => { for (;;) { const text = drawBlock(random, family, side); if (!text.includes('/255.')) return text; } };
  const matches: (() => string)[] = [
    () => `${ip} daddr ${not}${block('destination')}`, () => `${ip} daddr ${not}${block('destination')}`, () => `${ip} saddr ${not}${block('source')}`,
    () => `${ip} daddr ${not}@hosts${family}`, () => `${ip} daddr ${not}@spans${family}`, () => `${ip} daddr ${not}{ ${[...new Set([random.draw(plans[family].vips), random.draw(plans[family].endpoints)])].join(', ')} }`,
    () => `meta mark & ${mark} == ${random.maybe(0.7) ? mark : '0x0'}`, () => `meta mark ${not}${mark}`, () => `meta mark & ${mark} != 0`,
    () => `fib daddr type ${not}local`, () => `fib saddr type ${not}local`, () => `fib daddr type { local, broadcast }`, () => 'fib daddr type unicast',
    () => `meta l4proto ${not}{ tcp, udp }`, () => `th dport ${not}@services`, () => `th dport ${random.draw(['<', '>=', '<=', '>'])} ${random.draw([80, 443, 9090])}`,
    () => `${ip} daddr . meta l4proto . th dport ${not}@pairs${family}`, () => 'meta pkttype != broadcast',
    () => `${ip} daddr & ${family === 4 ? '255.255.0.1' : 'ffff:ffff::1'} == ${family === 4 ? '10.96.0.1' : 'fd00:96::1'}`,
  ];
  if (spot.family === null) matches.push(() => `meta nfproto ${type}`);
  if (protocol !== null) matches.push(() => `${protocol} dport ${not}${random.draw([...ports.map(String), '1-1023', '{ 53, 80, 8000-9000 }'])}`, () => `${protocol} dport ${not}{ ${random.draw(ports)}, 30000-32767 }`);
  if (protocol === 'tcp' && !spot.early) matches.push(() => random.draw(['tcp flags syn / fin,syn,rst,ack', 'tcp flags & (fin | syn | rst | ack) == syn', 'tcp flags & (syn | ack) == (syn | ack)', 'tcp flags ! syn,rst']));
  if (!spot.early) {
    matches.push(
      () => `ct state ${random.draw(['new', 'invalid', 'new,related', '!= new', '{ new, untracked }', 'established,related', 'invalid,new', '!= established'])}`,
      () => `ct status ${random.draw(['dnat', '& dnat == dnat', '!= dnat', 'snat', 'dnat,snat'])}`, () => `ct original ${ip} daddr ${not}${random.draw(plans[family].vips)}`, () => `ct original ${ip} saddr ${not}${block('source')}`,
      ...(protocol === null ? [] : [() => `meta l4proto ${protocol} ct original proto-dst ${not}${random.draw(ports)}`]), () => 'ct direction original', () => `ct mark ${not}0x0`, () => `ct reply ${ip} saddr ${not}${block('destination')}`,
      () => `numgen random mod ${random.draw([2, 4])} < 1`, () => `numgen random mod 10 ${random.draw(['< 7', '0-2', '{ 1, 3, 5 }'])}`,
    );
    if (spot.wishes.counted) matches.push(() => `numgen inc mod ${random.between(2, 3)} 1`);
  }
  if (spot.wishes.interfaces) matches.push(...Array.from({length: 4}, () => () => `${spot.base?.hook === 'output' || spot.base?.hook === 'postrouting' ? 'oifname' : 'iifname'} ${not}${random.draw(['"pod0"', '"srv0"', '"lo"', '"out*"', '{ "pod0", "out0" }'])}`));
  return random.draw(matches)();
}

function drawStatement(random: Random, spot: Spot, family: Family, protocol: 'tcp' | 'udp' | null): string {
  const plan = plans[family];
  const mark = `0x${drawMark(random).toString(16)}`;
  const verdict = (): string => (spot.below.length > 0 && random.maybe(0.6) ? `${random.draw(['jump', 'goto'])} ${random.draw(spot.below)}` : random.draw(['accept', 'return', 'continue', ...(spot.kind === 'filter' && random.maybe(0.4) ? ['drop'] : [])]));
  const ip = family === 4 ? 'ip' : 'ip6';
  const statements: (() => string)[] = [
    () => 'accept', () => 'return', () => 'continue', () => 'counter', () => 'log prefix "drawn "',
    () => `meta mark set meta mark | ${mark}`, () => `meta mark set meta mark ^ ${mark}`, () => `meta mark set ${mark}`, () => `meta mark set meta mark & ${mark}`,
    () => `${ip} daddr vmap { ${random.draw(plan.vips)} : ${verdict()}, ${random.draw(plan.endpoints)} : ${verdict()} }`,
    () => `${ip} daddr . th dport vmap { ${random.draw(plan.vips)} . ${random.draw(ports)} : ${verdict()}, ${random.draw(plan.endpoints)} . ${random.draw(ports)} : ${verdict()} }`,
    () => `${ip} daddr vmap { ${family === 4 ? '10.96.0.0/30' : 'fd00:96::/126'} : ${verdict()}, ${family === 4 ? '10.2.0.11-10.2.0.13' : 'fd00:2::b-fd00:2::d'} : ${verdict()} }`,
    () => `meta l4proto . th dport vmap { tcp . 80 : ${verdict()}, udp . ${random.draw([53, 443])} : ${verdict()} }`,
    () => `th dport vmap { 1-100 : ${verdict()}, 443 : ${verdict()}, 8000-9999 : ${verdict()} }`,
    () => `meta mark vmap { 0x0 : ${verdict()}, 0x4000 : ${verdict()} }`,
    () => `meta mark set ${ip} daddr map { ${random.draw(plan.vips)} : ${mark}, ${random.draw(plan.endpoints)} : 0x1 }`,
  ];
  if (!spot.early) statements.push(() => `ct state vmap { new : ${verdict()}, invalid : ${verdict()} }`, () => `numgen random mod 3 vmap { 0 : ${verdict()}, 1 : ${verdict()} }`, () => `numgen random mod 4 vmap { 0-1 : ${verdict()}, 2 : ${verdict()} }`, () => `ct mark set meta mark`);
  if (spot.below.length > 0) for (let i = 0; i < 6; i++) statements.push(() => `${random.draw(['jump', 'jump', 'goto'])} ${random.draw(spot.below)}`);
  if (spot.kind === 'filter') statements.push(() => 'drop', () => 'drop');
  if (spot.kind === 'filter' && spot.base !== null && ['input', 'forward', 'output'].includes(spot.base.hook) && !spot.early) {
    for (let i = 0; i < 2; i++) statements.push(() => (spot.family === null ? random.draw(['reject', 'reject with icmpx admin-prohibited', 'reject with icmpx host-unreachable', 'reject with icmpx no-route', 'reject with icmpx port-unreachable', 'meta l4proto tcp reject with tcp reset'])
      : random.draw(['reject', 'meta l4proto tcp reject with tcp reset', family === 4 ? `reject with icmp ${random.draw(['host-unreachable', 'net-unreachable', 'prot-unreachable', 'net-prohibited', 'host-prohibited', 'admin-prohibited'])}` : `reject with icmpv6 ${random.draw(['no-route', 'admin-prohibited', 'addr-unreachable', 'port-unreachable', 'policy-fail', 'reject-route'])}`])));
  }
  if (spot.kind === 'filter' && spot.base !== null && spot.early && protocol === 'udp') statements.push(() => 'notrack');
  if (spot.kind === 'dnat') for (let i = 0; i < 4; i++) statements.push(() => drawDnat(random, spot, family, protocol));
  if (spot.kind === 'snat') statements.push(...Array.from({length: 3}, () => () => `snat ${spot.family === null ? `${ip} ` : ''}to ${random.draw([plan.own[0], family === 4 ? '172.30.9.9' : 'fd30:9::9'])}`), ...(spot.base?.hook === 'postrouting' ? [() => 'masquerade', () => 'masquerade random', () => 'masquerade fully-random'] : []));
  return random.draw(statements)();
}

function drawDnat(random: Random, spot: Spot, family: Family, protocol: 'tcp' | 'udp' | null): string {
  const plan = plans[family];
  const of = spot.family === null ? ` ${family === 4 ? 'ip' : 'ip6'}` : '';
  const host = (): string => random.draw([...plan.endpoints, ...plan.endpoints, ...plan.own]);
  const withPort = (address: string): string => `${family === 4 ? address : `[${address}]`}:${random.draw(ports)}`;
  const pair = (): string => `${host()} . ${random.draw(ports)}`;
  const word = family === 4 ? 'ip' : 'ip6';
  const plain: (() => string)[] = [() => `dnat${of} to ${host()}`, () => `dnat${of} to numgen random mod 2 map { 0 : ${host()}, 1 : ${host()} }`, () => `dnat${of} to ${word} daddr map { ${random.draw(plan.vips)} : ${host()}, ${random.draw(plan.endpoints)} : ${host()} }`];
  const full: (() => string)[] = [() => `dnat${of} to ${withPort(host())}`, () => `dnat ${word} to numgen random mod 3 map { 0 : ${pair()}, 1 : ${pair()}, 2 : ${pair()} }`, () => `dnat ${word} to ${word} daddr . th dport map { ${random.draw(plan.vips)} . ${random.draw(ports)} : ${pair()}, ${random.draw(plan.vips)} . ${random.draw(ports)} : ${pair()} }`];
  return random.draw(protocol === null ? plain : [...plain, ...full, ...full])();
}
