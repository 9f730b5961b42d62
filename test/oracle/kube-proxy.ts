import {spawn} from 'node:child_process';
import {createInterface} from 'node:readline';

export type ProxyMode = 'iptables' | 'nftables';

/** What kube-proxy is to write rules for, on one node. */
export interface ProxyWorld {
  readonly mode?: ProxyMode;
  readonly node: {readonly name: string; readonly ip: string; readonly labels: Readonly<Record<string, string>>; readonly clusterCIDRs: readonly string[]};
  readonly services: readonly object[];
  readonly slices: readonly object[];
}

/** kube-proxy's own code (test/cluster/go/cmd/proxyrules), in a network namespace of its own. */
export class KubeProxy {
  readonly #child = spawn('sh', ['-c', 'exec unshare -n sh -c \'ip link set lo up && exec "$0"\' "$0"', process.env['PROXYRULES'] ?? ''], {stdio: ['pipe', 'pipe', 'inherit']});
  readonly #answers = createInterface({input: this.#child.stdout})[Symbol.asyncIterator]();

  /** Section of a node reading → its text. */
  async rules(world: ProxyWorld): Promise<Readonly<Record<string, string>>> {
    this.#child.stdin.write(`${JSON.stringify(world)}\n`);
    const answer = await this.#answers.next();
    if (answer.done === true) throw new Error('proxyrules ended');
    return JSON.parse(answer.value) as Record<string, string>;
  }

  end(): void {
    this.#child.stdin.end();
  }
}
