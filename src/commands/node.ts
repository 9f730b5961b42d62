import * as Args from '@oclif/core/args';
import {nodeChecks} from '../checks/index.ts';
import {clusterFlags, commonFlags, nodeFlags, reportFlags} from '../cli/flags.ts';
import {KdiagCommand} from '../cli/kdiag-command.ts';
import {checkOutputs} from '../cli/outputs.ts';
import {printingOf, printReport} from '../cli/print-report.ts';
import {inSession} from '../cli/session.ts';
import {checkNode} from '../cli/target.ts';
import {diagnose} from '../diagnose/diagnose.ts';

export default class Node extends KdiagCommand {
  static override summary = "Compare one node's rules with what the API asks for, for all Services";
  static override description = `One reading of the node, every address of every Service: what its rules do with a new connection, and what they should do.
Exit codes: 0 healthy, 1 a finding at or above --fail-on, 2 wrong command line, 3 could not be examined.`;
  static override examples = [
    {command: '<%= config.bin %> node worker-3', description: 'All Services, as this node serves them'},
    {command: '<%= config.bin %> node worker-3 -o json --fail-on warning', description: 'For a program'},
  ];
  static override args = {node: Args.string({required: true, description: "the node's name"})};
  static override flags = {...clusterFlags, ...nodeFlags, ...reportFlags, ...commonFlags};

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Node);
    const name = checkNode(args.node);
    await checkOutputs(flags.output);
    const report = await inSession(flags, ({cluster, progress}) => {
      progress.show(`asking for all Services and node ${name}`);
      return diagnose(cluster, {command: {name: 'node', args: {node: name}}, target: {kind: 'node', from: {kind: 'node', name}}, checks: nodeChecks}, text => progress.show(text));
    });
    await printReport(report, printingOf(flags));
  }
}
