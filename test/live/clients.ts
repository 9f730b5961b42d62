import {kubectl, must, rigName, root, tryOnNode, run} from './rig.ts';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';

/** Where a client can stand: on a node itself (OUTPUT), in a pod there (PREROUTING), or beside the cluster, on the nodes' own network. */
export type Vantage = 'cp' | 'node1' | 'node2' | 'pod on node1' | 'pod on node2' | 'outside';
export const inside: readonly Vantage[] = ['cp', 'node1', 'node2', 'pod on node1', 'pod on node2'];

/** What became of a number of requests. */
export interface Seen {
  readonly tries: number;
  readonly ok: number;
  /** Who answered, and how often. */
  readonly answers: Readonly<Record<string, number>>;
  /** Why others failed: refused, timeout, or curl's exit status. */
  readonly failures: Readonly<Record<string, number>>;
}

/** Pods that clients stand in, one a node. */
export async function clientPods(): Promise<void> {
  const template = (await readFile(join(root, 'test/cluster/lib/debug-pod.yaml'), 'utf8')).split('---\n')[1] ?? '';
  const both = ['node1', 'node2'].map(node => template.replaceAll('@NODE@', node)).join('---\n');
  await must(join(root, 'test/cluster/cluster'), ['kubectl', 'apply', '-f', '-'], both);
  await kubectl('wait --for=condition=Ready pod -l app=probe --timeout=60s');
}

/** Requests, each a connection of its own, twenty at a time. 2 s is more than a healthy answer ever takes here, but in a guest. */
export async function request(vantage: Vantage, address: string, tries = 20, seconds = 2): Promise<Seen> {
  const script = `i=0; while [ $i -lt ${tries} ]; do i=$((i + 1))
    (b=$(curl -s -m ${seconds} http://${address}/); echo "answer $? $b") &
    [ $((i % 20)) != 0 ] || wait; done; wait`;
  const {stdout} = await from(vantage, script);
  const answers: Record<string, number> = {};
  const failures: Record<string, number> = {};
  let ok = 0;
  for (const [, status = '', body = ''] of stdout.matchAll(/^answer (\d+) ?(.*)$/gm)) {
    if (status === '0') ok += 1;
    const into = status === '0' ? answers : failures;
    const what = status === '0' ? body : ({7: 'refused', 28: 'timeout'}[status] ?? `curl ${status}`);
    into[what] = (into[what] ?? 0) + 1;
  }
  return {tries, ok, answers, failures};
}

function from(vantage: Vantage, script: string) {
  if (vantage === 'outside') return run('ip', ['netns', 'exec', `${rigName}-sw`, 'sh', '-c', script]);
  const node = /^pod on (.*)$/.exec(vantage)?.[1];
  return node === undefined ? tryOnNode(vantage, script) : inClientPod(node, script);
}

/** Through the node and not through the API server: a pod can be a client while its kubelet is gone. */
function inClientPod(node: string, script: string) {
  const quoted = script.replaceAll("'", `'\\''`);
  return tryOnNode(node, `p=$(grep -lz '^HOSTNAME=probe-${node}$' /proc/[0-9]*/environ 2>/dev/null | head -1); p=\${p#/proc/}; nsenter -t \${p%/environ} -n -m -u sh -c '${quoted}'`);
}

/** For a person: `node1 12/20 timeout 8`. */
export function describeSeen(seen: ReadonlyMap<Vantage, Seen>): string {
  return [...seen].map(([vantage, {ok, tries, answers, failures}]) => {
    const failed = Object.entries(failures).map(([why, n]) => ` ${why} ${n}`).join('');
    return `${vantage} ${ok}/${tries}${failed}${ok === 0 ? '' : ` (${Object.keys(answers).length} pods)`}`;
  }).join(', ');
}
