import * as Flags from '@oclif/core/flags';
import {clusterFlags, commonFlags, nodeFlags, reportFlags} from '../cli/flags.ts';
import {KdiagCommand} from '../cli/kdiag-command.ts';
import {printTrace} from '../cli/print-trace.ts';
import {inSession} from '../cli/session.ts';
import {checkNamespace} from '../cli/target.ts';
import {parseTraceFrom, parseTraceTo} from '../cli/trace-target.ts';
import {isKnown} from '../cluster/answer.ts';
import type {Cluster} from '../cluster/cluster.ts';
import type {Node} from '../cluster/objects.ts';
import {traceConnections} from '../diagnose/trace.ts';
import {KdiagError} from '../kdiag-error.ts';

async function nodesText(cluster: Cluster): Promise<string> {
  const nodes = await cluster.list<Node>({resource: 'nodes'});
  const names = isKnown(nodes) ? nodes.known.map(({metadata}) => `external/${metadata.name}`) : [];
  return `Write --from ${names.length === 0 ? 'external/NODE' : `${names.slice(0, 10).join(', or ')}${names.length > 10 ? `, or one of ${names.length - 10} more` : ''}`}`;
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
    ...clusterFlags, ...nodeFlags, output: reportFlags.output, ...commonFlags,
    from: Flags.string({required: true, description: 'pod/[NAMESPACE/]NAME, node/NAME, or external/NODE: from outside, arriving at that node', helpValue: 'PLACE'}),
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
      if (from.kind === 'external' && from.node === null) throw new KdiagError(2, '--from external needs the node where the connection arrives', await nodesText(cluster));
      progress.show(`asking for the way from ${flags.from} to ${flags.to}`);
      const command = {name: 'trace', args: {from: flags.from, to: flags.to, namespace}};
      return traceConnections(cluster, {command, from, to: parseTraceTo(flags.to, namespace)}, text => progress.show(text));
    });
    await printTrace(report, flags.output, flags['no-color']);
  }
}
