import {spawn} from 'node:child_process';
import {join} from 'node:path';

/** A command's end; nothing here throws for an exit status. */
export interface Result {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export const root = join(import.meta.dirname, '../..');
/** No default: a test that breaks things must never meet somebody's cluster by accident. */
export const rigName = required('RIG_NAME');
export const kubeconfig = required('KUBECONFIG');
/** Which iptables the nodes use; the other one is empty unless a fault fills it. */
export const flavour = process.env['LIVE_IPTABLES'] === 'legacy' ? 'legacy' : 'nft';

export function run(command: string, args: readonly string[], {input, timeout = 120_000, env}: {input?: string; timeout?: number; env?: NodeJS.ProcessEnv} = {}): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {timeout, killSignal: 'SIGKILL', env: env ?? process.env, stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe']});
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({code, signal, stdout, stderr}));
    child.stdin?.end(input);
  });
}

/** As `run`, but the command has to succeed. */
export async function must(command: string, args: readonly string[], input?: string): Promise<string> {
  const {code, stdout, stderr} = await run(command, args, input === undefined ? {} : {input});
  if (code !== 0) throw new Error(`${command} ${args.join(' ')}: exit ${code}\n${stderr}${stdout}`);
  return stdout;
}

const cluster = join(root, 'test/cluster/cluster');

/** One kubectl command, with the words of `line` as its arguments and then `args` as they are. */
export function kubectl(line: string, ...args: string[]): Promise<string> {
  return must(cluster, ['kubectl', ...line.split(' '), ...args]);
}

export async function kubectlJson<T>(line: string): Promise<T> {
  return JSON.parse(await kubectl(`${line} -o json`)) as T;
}

export function apply(...objects: readonly object[]): Promise<string> {
  return must(cluster, ['kubectl', 'apply', '-f', '-'], JSON.stringify({apiVersion: 'v1', kind: 'List', items: objects}));
}

/** A patch of the JSON kind: lists are replaced as they are told, not merged. */
export function patch(what: string, ...operations: readonly {readonly op: 'add' | 'remove' | 'replace'; readonly path: string; readonly value?: unknown}[]): Promise<string> {
  return kubectl(`patch ${what} --type json -p`, JSON.stringify(operations));
}

/** As root on a node, in its own namespaces. */
export function onNode(node: string, script: string): Promise<string> {
  return must(cluster, ['exec-node', node, 'sh', '-ec', script]);
}

export function tryOnNode(node: string, script: string): Promise<Result> {
  return run(cluster, ['exec-node', node, 'sh', '-c', script]);
}

/** Also what takes long and differs little from what is broken anyway: test/live/run says what. Who keeps recordings wants all. */
export const liveAll = process.env['LIVE_ALL'] === '1' || process.env['LIVE_KEEP'] !== undefined;

export const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

/** Asks again until the answer is there; `attempt` returns null for `not yet`. */
export async function until<T>(what: string, seconds: number, attempt: () => Promise<T | null>): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await attempt();
    if (answer !== null) return answer;
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${what}`);
    await pause(250);
  }
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set: run these tests with \`npm run test:live\``);
  return value;
}
