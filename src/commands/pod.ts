import * as Args from '@oclif/core/args';
import {podChecks} from '../checks/index.ts';
import {clusterFlags, commonFlags, nodeFlags, reportFlags} from '../cli/flags.ts';
import {KdiagCommand} from '../cli/kdiag-command.ts';
import {checkOutputs} from '../cli/outputs.ts';
import {printingOf, printReport} from '../cli/print-report.ts';
import {inSession} from '../cli/session.ts';
import {checkNamespace, parseFrom} from '../cli/target.ts';
import {diagnose} from '../diagnose/diagnose.ts';
import {KdiagError} from '../kdiag-error.ts';

export default class PodCommand extends KdiagCommand {
  static override summary = "Show a pod's own network: addresses, routes, MTU, resolv.conf, what listens where";
  static override description = `Through the node's debug pod, by the pod's network namespace: its image needs no tool at all. Says as well which interface of the node is
the other end, and whether the pod's network is what the API says.
Exit codes: 0 healthy, 1 a finding at or above --fail-on, 2 wrong command line, 3 could not be examined.`;
  static override examples = [
    {command: '<%= config.bin %> pod web-7d4b9c-x2x7q', description: "A pod of the context's namespace"},
    {command: '<%= config.bin %> pod kube-system/coredns-76f75df574-abcde -o json', description: 'For a program'},
  ];
  static override args = {pod: Args.string({required: true, description: '[NAMESPACE/]NAME'})};
  static override flags = {...clusterFlags, ...nodeFlags, ...reportFlags, ...commonFlags};

  async run(): Promise<void> {
    const {args, flags} = await this.parse(PodCommand);
    if (flags.namespace !== undefined) checkNamespace(flags.namespace);
    const text = args.pod.replace(/^(pod|pods|po)\//, '');
    const place = (namespace: string) => parseFrom(`pod/${text}`, namespace);
    place(flags.namespace ?? 'default'); // a wrong one is told before a cluster is asked for
    await checkOutputs(flags.output);
    const report = await inSession(flags, ({cluster, namespace, progress}) => {
      const from = place(namespace);
      if (from?.kind !== 'pod') throw new KdiagError(2, `“${args.pod}” is no name of a pod`);
      progress.show(`looking at pod ${from.namespace}/${from.name}`);
      return diagnose(cluster, {command: {name: 'pod', args: {pod: `${from.namespace}/${from.name}`}}, target: {kind: 'pod', from}, checks: podChecks}, line => progress.show(line));
    });
    await printReport(report, printingOf(flags));
  }
}
