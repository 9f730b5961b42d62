import {execFileSync, spawn, spawnSync} from 'node:child_process';
import {readdirSync} from 'node:fs';
import {createInterface} from 'node:readline';
import {gunzipSync} from 'node:zlib';
import {isKnown} from '../../src/cluster/answer.ts';
import {frameEncoding} from '../../src/cluster/frames.ts';
import {parseReading, readingScript} from '../../src/cluster/reading.ts';
import {type NodeRules, nodeRules} from '../../src/model/node-rules.ts';
import {link, peers, plans, ports, served, type Site} from './addresses.ts';
import type {Pair} from './sockets.ts';
import type {Order, Report} from './station.ts';

/** The node under test and all that is around it, in network namespaces of their own. */
export interface Rig {
  tell(site: Site, order: Order): void;
  /** Waits until each of these has reported all that had come in. */
  settle(...sites: readonly Site[]): Promise<void>;
  /** Where the first packets of TCP connections are: at each of these, and how the node translates them. */
  look(...sites: readonly Site[]): Promise<Looks>;
  hear(listener: (site: Site, report: Report) => void): void;
  /** Runs a shell script on the node; throws what it said when it fails. */
  run(script: string): Promise<string>;
  read(): Promise<NodeRules>;
  close(): Promise<void>;
}

export interface Looks {
  readonly opened: ReadonlySet<Pair>;
  readonly translations: ReadonlyMap<Pair, Pair>;
}

const sites = ['node', 'pod', 'srv', 'out', 'net'] as const;
const prefix = 'kdk-';

/** Namespaces of a run that was killed: its process is no more. */
export function sweep(): void {
  for (const name of names()) {
    const owner = /^kdk-(\d+)-/.exec(name)?.[1];
    if (owner !== undefined && !isAlive(Number(owner))) spawnSync('ip', ['netns', 'del', name]);
  }
}

function names(): string[] {
  try {
    return readdirSync('/run/netns').filter(name => name.startsWith(prefix));
  } catch {
    return []; // nobody has ever made one
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

export function removeNamespaces(): void {
  for (const name of names().filter(each => each.startsWith(`${prefix}${process.pid}-`))) spawnSync('ip', ['netns', 'del', name]);
}

export async function openRig(n: number): Promise<Rig> {
  const name = (site: Site): string => `${prefix}${process.pid}-${n}${site}`;
  execFileSync('sh', ['-e'], {input: building(name), stdio: ['pipe', 'inherit', 'inherit']});
  const listeners: ((site: Site, report: Report) => void)[] = [];
  const waiting = new Map<string, (report: Report) => void>();
  let count = 0;
  let isClosing = false;
  const stations = new Map(sites.map(site => {
    const child = spawn('ip', ['netns', 'exec', name(site), process.execPath, new URL('station.ts', import.meta.url).pathname], {stdio: ['pipe', 'pipe', 'inherit']});
    child.on('exit', code => { if (code !== 0 && !isClosing) throw new Error(`the station ${site} ended with status ${code}`); });
    createInterface({input: child.stdout}).on('line', line => {
      const report = JSON.parse(line) as Report;
      if ('passed' in report) waiting.get(`${site} ${report.passed}`)?.(report);
      else if ('looked' in report) waiting.get(`${site} ${report.looked}`)?.(report);
      else if ('ready' in report) waiting.get(`${site} ready`)?.(report);
      else for (const listener of listeners) listener(site, report);
    });
    return [site, child] as const;
  }));
  const tell = (site: Site, order: Order): void => void stations.get(site)?.stdin.write(`${JSON.stringify(order)}\n`);
  const reported = (site: Site, what: string | number): Promise<Report> => new Promise(resolve => { waiting.set(`${site} ${what}`, resolve); });
  await Promise.all(sites.map(site => {
    const ready = reported(site, 'ready');
    tell(site, {serve: {addresses: served(site), ports}});
    return ready;
  }));
  const ask = async (site: Site, order: (n: number) => Order): Promise<Report> => {
    const n = ++count;
    const answer = reported(site, n);
    tell(site, order(n));
    const report = await answer;
    waiting.delete(`${site} ${n}`);
    return report;
  };
  const settle = async (...which: readonly Site[]): Promise<void> => void await Promise.all(which.map(site => ask(site, barrier => ({barrier}))));
  const look = async (...which: readonly Site[]): Promise<Looks> => {
    const reports = (await Promise.all(which.map(site => ask(site, n => ({look: n}))))).filter(report => 'looked' in report);
    return {opened: new Set(reports.flatMap(report => report.opened)), translations: new Map(reports.flatMap(report => report.translations))};
  };
  const run = (script: string): Promise<string> => shell(name('node'), script).then(bytes => bytes.toString());
  return {
    tell, settle, look, run,
    hear: listener => void listeners.push(listener),
    read: () => read(name('node')),
    close: async () => {
      isClosing = true;
      await Promise.all([...stations.values()].map(child => new Promise(resolve => { child.once('exit', resolve); child.stdin.end(); })));
      for (const site of sites) spawnSync('ip', ['netns', 'del', name(site)]);
    },
  };
}

function shell(namespace: string, script: string, around: readonly string[] = []): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn('ip', ['netns', 'exec', namespace, ...around, 'sh', '-s'], {stdio: 'pipe'});
    const [out, said]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (data: Buffer) => out.push(data));
    child.stderr.on('data', (data: Buffer) => said.push(data));
    child.on('close', code => { if (code === 0) resolve(Buffer.concat(out)); else reject(new Error(`status ${code}: ${Buffer.concat(said).toString()}`)); });
    child.stdin.end(script);
  });
}

/** Exactly as kdiag reads a node, without the API server between. It looks at each process: of this machine's it sees its own only. */
async function read(namespace: string): Promise<NodeRules> {
  const mark = 'kdiag-kernel-test';
  const answer = frameEncoding(await shell(namespace, readingScript(mark), ['unshare', '--pid', '--fork', '--mount-proc']));
  if (answer === null) throw new Error('this is no reading');
  const sections = parseReading((answer.encoding === 'gzip' ? gunzipSync(answer.body) : Buffer.from(answer.body)).toString(), mark);
  if (!isKnown(sections)) throw new Error(sections.unknown.detail);
  const rules = nodeRules({node: 'node', via: 'debug-pod', sections: sections.known});
  if (!isKnown(rules)) throw new Error(rules.unknown.detail);
  return rules.known;
}

const once = `table inet once {
 set seen4 { typeof ip saddr . tcp sport; flags dynamic,timeout; timeout 20s; size 65535; }
 set seen6 { typeof ip6 saddr . tcp sport; flags dynamic,timeout; timeout 20s; size 65535; }
 chain sent {
  type filter hook output priority 0
  tcp flags & (syn | ack) != syn accept
  ip saddr . tcp sport @seen4 drop
  ip6 saddr . tcp sport @seen6 drop
  add @seen4 { ip saddr . tcp sport }
  add @seen6 { ip6 saddr . tcp sport }
 }
}`;

/**
 * Neighbours are fixed, so that no rule under test can stop ARP or neighbour discovery; limits on ICMP errors are off, so that
 * each refusal is heard.
 */
function building(name: (site: Site) => string): string {
  const lines: string[] = [];
  const batches = new Map<Site, string[]>(sites.map(site => [site, []]));
  const on = (site: Site, command: string): void => void batches.get(site)?.push(command);
  for (const site of sites) {
    lines.push(`ip netns add ${name(site)}`);
    on(site, 'link set lo up');
  }
  for (const [peer, n] of Object.entries(peers) as [keyof typeof peers, number][]) {
    lines.push(`ip link add ${peer}0 netns ${name('node')} address 02:00:00:00:0${n}:01 type veth peer name eth0 netns ${name(peer)} address 02:00:00:00:0${n}:02`);
    for (const family of [4, 6] as const) {
      const quick = family === 6 ? ' nodad' : '';
      on('node', `addr add ${link(family, n, 1)}/${family === 4 ? 30 : 64} dev ${peer}0${quick}`);
      on(peer, `addr add ${link(family, n, 2)}/${family === 4 ? 30 : 64} dev eth0${quick}`);
    }
    on('node', `link set ${peer}0 up`);
    on(peer, 'link set eth0 up');
    for (const family of [4, 6] as const) {
      on('node', `neigh replace ${link(family, n, 2)} lladdr 02:00:00:00:0${n}:02 dev ${peer}0 nud permanent`);
      on(peer, `neigh replace ${link(family, n, 1)} lladdr 02:00:00:00:0${n}:01 dev eth0 nud permanent`);
      on(peer, `route add default via ${link(family, n, 1)}`);
      for (const block of plans[family].blocks[peer]) {
        on(peer, `route add local ${block} dev lo`);
        if (peer !== 'net') on('node', `route add ${block} via ${link(family, n, 2)}`);
      }
      if (peer === 'net') on('node', `route add default via ${link(family, n, 2)}`);
    }
  }
  for (const family of [4, 6] as const) on('node', `addr add ${plans[family].own[0]}/${family === 4 ? 32 : 128} dev lo`);
  for (const [site, commands] of batches) lines.push(`ip -n ${name(site)} -batch - <<'KDK_END'\n${commands.join('\n')}\nKDK_END`);
  const settings = ['net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1', 'net.ipv4.icmp_ratelimit=0', 'net.ipv4.icmp_msgs_per_sec=1000000', 'net.ipv4.icmp_msgs_burst=1000000', 'net.ipv6.icmp.ratelimit=0', 'net.ipv4.conf.all.rp_filter=0', 'net.ipv4.conf.default.rp_filter=0', ...Object.keys(peers).map(peer => `net.ipv4.conf.${peer}0.rp_filter=0`)];
  lines.push(`ip netns exec ${name('node')} sysctl -qw ${settings.join(' ')}`);
  // a local route makes all of a block one's own, but bind(2) of IPv6 looks at interfaces only
  for (const site of sites) lines.push(`ip netns exec ${name(site)} sysctl -qw net.ipv6.ip_nonlocal_bind=1`);
  lines.push(`ip netns exec ${name('node')} sysctl -qw net.netfilter.nf_conntrack_udp_timeout=5 net.netfilter.nf_conntrack_tcp_timeout_syn_sent=5 net.netfilter.nf_conntrack_tcp_timeout_syn_recv=20 net.netfilter.nf_conntrack_tcp_timeout_established=60`);
  // a connection whose handshake was stopped is not offered for a minute
  for (const site of ['node', 'srv', 'net'] as const) lines.push(`ip netns exec ${name(site)} sysctl -qw net.ipv4.tcp_synack_retries=3`);
  // Each SYN goes once: rules that draw would draw again for the next.
  for (const client of ['pod', 'out'] as const) lines.push(`ip netns exec ${name(client)} nft -f - <<'KDK_END'\n${once}\nKDK_END`);
  return lines.join('\n');
}
