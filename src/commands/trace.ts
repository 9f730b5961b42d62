import * as Flags from '@oclif/core/flags';
import {clusterFlags, commonFlags, nodeFlags, formFlags} from '../cli/flags.ts';
import {KdiagCommand} from '../cli/kdiag-command.ts';
import {printTrace} from '../cli/print-trace.ts';
import {inSession} from '../cli/session.ts';
import {checkNamespace} from '../cli/target.ts';
import {parseTraceFrom, parseTraceTo} from '../cli/trace-target.ts';
import {isKnown} from '../cluster/answer.ts';
import type {Cluster} from '../cluster/cluster.ts';
import type {Node} from '../cluster/objects.ts';
import {type TraceTo, traceConnections} from '../diagnose/trace.ts';
import {KdiagError} from '../kdiag-error.ts';

/** Where a connection from outside arrives when that was left open: at the node that has the address, else at the first worker. */
async function arrival(cluster: Cluster, to: TraceTo): Promise<string> {
  const nodes = await cluster.list<Node>({resource: 'nodes'});
  if (!isKnown(nodes)) throw new KdiagError(3, `which nodes there are is not known: ${nodes.unknown.detail}`, 'Write --from external/NODE');
  const linux = nodes.known.filter(({status}) => status?.nodeInfo?.operatingSystem !== 'windows');
  const owner = linux.find(({status}) => to.kind === 'address' && (status?.addresses ?? []).some(({address}) => address === to.address));
  const worker = linux.find(({metadata}) => !('node-role.kubernetes.io/control-plane' in (metadata.labels ?? {})));
  const node = owner ?? worker ?? linux[0];
  if (node === undefined) throw new KdiagError(3, 'the cluster has no Linux node that a connection could arrive at');
  return node.metadata.name;
}

export default class Trace extends KdiagCommand {
  static override summary = 'Say where new connections from one place to one address go, rule by rule';
  static override description = `Follows a connection's first packet through the rules of the node where it is sent, and of the node that it is sent on to.
It judges nothing: kdiag svc says whether that is as it should be. Exit codes: 0 followed, wherever it led, 2 wrong command line,
3 it, or a part of it, could not be followed or decided.`;
  static override examples = [
    {command: '<%= config.bin %> trace --from pod/client --to svc/web:80', description: "From a pod to a Service of the context's namespace"},
    {command: '<%= config.bin %> trace --from node/worker-3 --to 10.96.0.10:53/UDP -o wide', description: 'From a node itself to any address, with the raw rules'},
    {command: '<%= config.bin %> trace --from external/worker-3 --to svc/shop/web', description: 'From outside the cluster, arriving at that node'},
  ];
  static override flags = {
    ...clusterFlags, ...nodeFlags, output: formFlags.output, ...commonFlags,
    from: Flags.string({required: true, description: 'pod/[NAMESPACE/]NAME, node/NAME, or external[/NODE]: from outside, arriving at that node', helpValue: 'PLACE'}),
    to: Flags.string({required: true, description: 'svc/[NAMESPACE/]NAME[:PORT], or IP:PORT[/PROTOCOL]', helpValue: 'TARGET'}),
  };

  async run(): Promise<void> {
    const {flags} = await this.parse(Trace);
    if (flags.namespace !== undefined) checkNamespace(flags.namespace);
    const own = flags.namespace ?? 'default';
    parseTraceFrom(flags.from, own); // a wrong one is told before a cluster is asked for
    parseTraceTo(flags.to, own);
    const report = await inSession(flags, async ({cluster, namespace, progress}) => {
      const from = parseTraceFrom(flags.from, namespace);
      const to = parseTraceTo(flags.to, namespace);
      progress.show(`asking for the way from ${flags.from} to ${flags.to}`);
      const place = from.kind === 'external' ? {kind: from.kind, node: from.node ?? await arrival(cluster, to)} : from;
      const command = {name: 'trace', args: {from: flags.from, to: flags.to, namespace}};
      return traceConnections(cluster, {command, from: place, to}, text => progress.show(text));
    });
    await printTrace(report, flags.output, flags['no-color']);
  }
}
