import * as Flags from '@oclif/core/flags';
import {accept} from '../accept/accept.ts';
import {clusterQuestionOf} from '../api/cluster-question.ts';
import {acceptedBy} from '../cli/accepted-by.ts';
import {clusterFlags, commonFlags, listFlag, nodeFlags, reportFlags, seconds} from '../cli/flags.ts';
import {exitCode} from '../cli/exit-code.ts';
import {KdiagCommand} from '../cli/kdiag-command.ts';
import {checkOutputs} from '../cli/outputs.ts';
import {printingOf, printReport} from '../cli/print-report.ts';
import {inSession} from '../cli/session.ts';
import {checkCluster} from '../diagnose/check/check-cluster.ts';
import {untilWell} from '../diagnose/check/until-well.ts';
import type {Report} from '../diagnose/report.ts';
import {plain} from '../report/plain.ts';

export default class CheckCluster extends KdiagCommand {
  static override summary = 'Examine a whole cluster: every Service, DNS, the way to the API server, every node. The gate after a deploy';
  static override description = `One root cause is told once, however many Services it breaks. Nodes are read once; connections are tried from at most 20 of them.
Exit codes: 0 healthy, 1 a finding at or above --fail-on, 2 wrong command line, 3 could not be examined.`;
  static override examples = [
    {command: '<%= config.bin %> check', description: 'The whole cluster'},
    {command: '<%= config.bin %> check -n shop -n payments --wait 5m', description: 'After a deploy: wait until two namespaces are well, for five minutes at the most'},
    {command: '<%= config.bin %> check -o json=report.json -o text', description: 'Several forms at once'},
    {command: '<%= config.bin %> check --nodes sample --fail-on warning', description: 'A large cluster: one or more nodes of each kind'},
    {command: '<%= config.bin %> check --baseline before.json -o junit=kdiag.xml', description: 'A pipeline that fails on what is new'},
    {command: '<%= config.bin %> check --skip coredns-spread', description: 'Without one of the checks'},
  ];
  static override flags = {
    ...clusterFlags, ...nodeFlags, ...reportFlags, ...commonFlags,
    namespace: listFlag({char: 'n', description: 'Services of this namespace only; may be given several times, or as A,B', helpValue: 'NAMESPACE', helpGroup: 'CLUSTER'}),
    selector: Flags.string({char: 'l', description: 'Services with these labels only, such as app=web,tier=front', helpValue: 'LABELS', helpGroup: 'CLUSTER'}),
    nodes: listFlag({description: 'all, sample (of each kind of node at least one), or names', helpValue: 'all|sample|NAMES', helpGroup: 'NODES'}),
    'daemonset-from': Flags.integer({description: 'on clusters of so many nodes start one short-lived DaemonSet and not a debug pod for each node; only when all nodes are examined', default: 50, min: 1, helpGroup: 'NODES'}),
    only: listFlag({description: 'these checks only, by their ids in the JSON report', helpValue: 'CHECK', helpGroup: 'REPORT'}),
    skip: listFlag({description: 'all checks but these', helpValue: 'CHECK', helpGroup: 'REPORT'}),
    suppressions: Flags.string({description: 'findings that are accepted, each with a reason and an end; ./.kdiag.yaml unless given', helpValue: 'FILE', helpGroup: 'REPORT'}),
    baseline: Flags.string({description: 'an earlier JSON report: what it found already does not count', helpValue: 'FILE', helpGroup: 'REPORT'}),
    wait: Flags.custom<number>({parse: async text => seconds(text)})({description: 'look again every few seconds until the exit code is 0, for this long at the most', helpValue: 'DURATION', exclusive: ['recording', 'record'], helpGroup: 'REPORT'}),
  };

  async run(): Promise<void> {
    const {flags} = await this.parse(CheckCluster);
    const {namespace: namespaces, selector, nodes, only, skip} = flags;
    const question = clusterQuestionOf({namespaces, selector, nodes, only, skip});
    await checkOutputs(flags.output);
    const {namespace: _, ...shared} = flags;
    const sessionFlags = {...shared, 'daemonset-from': question.scope.nodes === null ? flags['daemonset-from'] : undefined};
    const by = await acceptedBy(flags);
    const examine = (): Promise<Report> => inSession(sessionFlags, async ({cluster, progress}) => {
      progress.show('asking for all Services and nodes');
      return accept(await checkCluster(cluster, question, text => progress.show(text)), by, cluster.now);
    });
    const report = await untilWell(examine, flags.wait ?? 0, each => exitCode(each, flags['fail-on']) === 0, summary => process.stderr.write(plain(`waiting: ${summary}\n`, 'many')));
    await printReport(report, printingOf(flags));
  }
}
