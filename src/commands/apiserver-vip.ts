import * as Flags from '@oclif/core/flags';
import {apiserverChecks} from '../checks/index.ts';
import {clusterFlags, commonFlags, nodeFlags, reportFlags} from '../cli/flags.ts';
import {KdiagCommand} from '../cli/kdiag-command.ts';
import {checkOutputs} from '../cli/outputs.ts';
import {printingOf, printReport} from '../cli/print-report.ts';
import {inSession} from '../cli/session.ts';
import {checkNamespace, checkNode, parseFrom} from '../cli/target.ts';
import {diagnose} from '../diagnose/diagnose.ts';

export default class ApiserverVip extends KdiagCommand {
  static override summary = "Say why nodes and pods do not reach the API server by its Service's address";
  static override description = `Follows the chain: the Service default/kubernetes and its address, its endpoints against the living API servers, their certificate,
kube-proxy on each node and the node's rules; then asks the endpoints and the address itself, from each node and from a pod of it.
Exit codes: 0 healthy, 1 a finding at or above --fail-on, 2 wrong command line, 3 could not be examined.`;
  static override examples = [
    {command: '<%= config.bin %> apiserver-vip', description: 'From every node'},
    {command: '<%= config.bin %> apiserver-vip --node worker-3', description: 'From one node, and a pod of it'},
    {command: '<%= config.bin %> apiserver-vip --from pod/kube-system/calico-node-x2x7q -o json', description: 'From one pod, for a program'},
  ];
  static override flags = {
    ...clusterFlags, ...nodeFlags, ...reportFlags, ...commonFlags,
    node: Flags.string({description: 'look from this node only', exclusive: ['from'], helpGroup: 'NODES'}),
    from: Flags.string({description: 'look from one place only: node/NAME or pod/[NAMESPACE/]NAME', helpGroup: 'NODES'}),
  };

  async run(): Promise<void> {
    const {flags} = await this.parse(ApiserverVip);
    if (flags.namespace !== undefined) checkNamespace(flags.namespace);
    const place = flags.node === undefined ? flags.from : `node/${checkNode(flags.node)}`;
    parseFrom(place, flags.namespace ?? 'default'); // a wrong one is told before a cluster is asked for
    await checkOutputs(flags.output);
    const report = await inSession(flags, ({cluster, namespace, progress}) => {
      progress.show('asking for Service default/kubernetes');
      const from = parseFrom(place, namespace);
      return diagnose(cluster, {command: {name: 'apiserver-vip', args: place === undefined ? {} : {from: place}}, target: {kind: 'apiserver', namespace: from?.kind === 'pod' ? from.namespace : namespace, from}, checks: apiserverChecks}, text => progress.show(text));
    });
    await printReport(report, printingOf(flags));
  }
}
