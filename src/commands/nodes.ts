import {nodesChecks} from '../checks/index.ts';
import {clusterFlags, commonFlags, nodeFlags, reportFlags} from '../cli/flags.ts';
import {KdiagCommand} from '../cli/kdiag-command.ts';
import {checkOutputs} from '../cli/outputs.ts';
import {printingOf, printReport} from '../cli/print-report.ts';
import {inSession} from '../cli/session.ts';
import {diagnose} from '../diagnose/diagnose.ts';

export default class Nodes extends KdiagCommand {
  static override summary = 'Show one line per node: kube-proxy, its mode, whether the rules are in sync, what is wrong';
  static override description = `Every node against all Services; the outlier comes first. kdiag node NAME tells one of them whole.
Exit codes: 0 healthy, 1 a finding at or above --fail-on, 2 wrong command line, 3 could not be examined.`;
  static override examples = [
    {command: '<%= config.bin %> nodes', description: 'The whole cluster'},
    {command: '<%= config.bin %> nodes -o json --fail-on warning', description: 'For a program'},
  ];
  static override flags = {...clusterFlags, ...nodeFlags, ...reportFlags, ...commonFlags};

  async run(): Promise<void> {
    const {flags} = await this.parse(Nodes);
    await checkOutputs(flags.output);
    const report = await inSession(flags, ({cluster, progress}) => {
      progress.show('asking for all Services and nodes');
      return diagnose(cluster, {command: {name: 'nodes', args: {}}, target: {kind: 'nodes', from: null}, checks: nodesChecks}, text => progress.show(text));
    });
    await printReport(report, printingOf(flags));
  }
}
