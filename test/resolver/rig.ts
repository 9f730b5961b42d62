import {type ChildProcess, execFileSync, spawn} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {homedir, tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';

/** Who looks up: a program linked with that libc, or an applet of busybox. */
export type Client = 'glibc' | 'musl' | 'nslookup' | 'wget';

export interface Observed {
  /** `udp 127.0.0.1 28 web.a`, in the order of arrival. */
  readonly asked: readonly string[];
  /** What the client wrote. */
  readonly said: string;
}

/** `letter` as responder.c has them. */
export interface Rule {
  readonly name: string;
  readonly type: number;
  readonly server: string;
  readonly letter: string;
}

export interface Rig {
  lookUp(client: Client, args: readonly string[], resolvConf: string, rules: readonly Rule[]): Promise<Observed>;
  close(): void;
}

/** Nobody listens there: the kernel says so at once. */
export const dead = '127.0.0.9';

const folder = new URL('.', import.meta.url).pathname;
const packages = {gcc: '/usr/bin/gcc', 'libc6-dev': '/usr/include/netdb.h', 'musl-tools': '/usr/bin/musl-gcc', iptables: '/usr/sbin/iptables', iproute2: '/usr/sbin/ip'};

export interface Programs {
  readonly folder: string;
  readonly busybox: string;
  remove(): void;
}

/** The programs, compiled; Debian's packages for it are installed if any is missing. The busybox is that of the test cluster, else Debian's. */
export function programs(): Programs {
  const built = join(process.env['KDIAG_CLUSTER_HOME'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'kdiag-cluster'), 'bin/busybox');
  const missing = [...Object.entries(packages).filter(([, file]) => !existsSync(file)).map(([name]) => name), ...(existsSync(built) || existsSync('/bin/busybox') ? [] : ['busybox'])];
  if (missing.length > 0) {
    execFileSync('apt-get', ['update', '-qq'], {stdio: 'ignore'});
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], {stdio: 'ignore', env: {...process.env, DEBIAN_FRONTEND: 'noninteractive'}});
  }
  const out = mkdtempSync(join(tmpdir(), 'kdiag-resolver-'));
  const compile = (compiler: string, args: readonly string[]): void => void execFileSync(compiler, ['-O1', '-Wall', ...args], {stdio: ['ignore', 'ignore', 'pipe']});
  compile('gcc', ['-o', join(out, 'responder'), join(folder, 'responder.c')]);
  compile('gcc', ['-o', join(out, 'glibc'), join(folder, 'client.c'), '-lresolv']);
  compile('musl-gcc', ['-static', '-o', join(out, 'musl'), join(folder, 'client.c')]);
  return {folder: out, busybox: existsSync(built) ? built : '/bin/busybox', remove: () => rmSync(out, {recursive: true, force: true})};
}

/** A network namespace with nothing but a DNS server, and its own /etc/resolv.conf. Ends with its responder. */
export async function openRig(all: Programs, number: number): Promise<Rig> {
  const own = join(all.folder, `rig${number}`);
  mkdirSync(own);
  for (const [name, text] of [['resolv.conf', ''], ['hosts', ''], ['nsswitch.conf', 'hosts: dns\n']] as const) writeFileSync(join(own, name), text);
  const script = ['set -e', 'ip link set lo up', 'hostname pod',
    ...['resolv.conf', 'hosts', 'nsswitch.conf'].map(name => `mount --bind '${own}/${name}' /etc/${name}`),
    `iptables -A INPUT -p udp -d ${dead} -j REJECT`, `iptables -A INPUT -p tcp -d ${dead} -j REJECT --reject-with tcp-reset`,
    `exec '${all.folder}/responder'`].join('\n');
  const responder = spawn('unshare', ['--net', '--mount', '--uts', 'sh', '-c', script], {stdio: ['pipe', 'pipe', 'inherit']});
  const heard: string[] = [];
  const waiting = new Map<string, () => void>();
  const ended = new Promise<never>((_, reject) => { responder.once('close', code => reject(new Error(`the responder ended with ${code}`))); });
  ended.catch(() => {}); // told to who waits for it
  createInterface({input: responder.stdout}).on('line', line => {
    if (line.startsWith('q ')) heard.push(line.slice(2));
    else waiting.get(line)?.();
  });
  const synced = (text: string): Promise<void> => Promise.race([ended, new Promise<void>(resolve => { waiting.set(`sync ${text}`, resolve); })]);
  await synced('ready');
  let turn = 0;
  const tell = async (lines: readonly string[]): Promise<void> => {
    turn += 1;
    const done = synced(String(turn));
    responder.stdin.write(`${[...lines, `sync ${turn}`].join('\n')}\n`);
    await done;
  };
  return {
    async lookUp(client, args, resolvConf, rules) {
      writeFileSync(join(own, 'resolv.conf'), resolvConf);
      await tell(['clear', ...rules.map(({name, type, server, letter}) => `rule ${name === '' ? '.' : name} ${type} ${server} ${letter}`)]);
      heard.length = 0;
      const command = client === 'glibc' || client === 'musl' ? [join(all.folder, client), ...args] : [all.busybox, client, ...args];
      const said = await output(spawn('nsenter', [`--net=/proc/${responder.pid}/ns/net`, `--mount=/proc/${responder.pid}/ns/mnt`, `--uts=/proc/${responder.pid}/ns/uts`, '--', ...command], {stdio: ['ignore', 'pipe', 'pipe'], timeout: 120_000}));
      await tell([]);
      return {asked: [...heard], said};
    },
    close: () => { responder.removeAllListeners('close'); responder.kill(); },
  };
}

async function output(child: ChildProcess): Promise<string> {
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => { said += text; });
  const [code, signal] = await new Promise<[number | null, string | null]>(resolve => { child.once('close', (...how) => resolve(how)); });
  return `${said}${signal ?? `exit ${code}`}`;
}
