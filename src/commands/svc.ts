import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {serviceChecks} from '../checks/index.ts';
import {clusterFlags, commonFlags, nodeFlags, reportFlags} from '../cli/flags.ts';
import {KdiagCommand} from '../cli/kdiag-command.ts';
import {checkOutputs} from '../cli/outputs.ts';
import {printingOf, printReport} from '../cli/print-report.ts';
import {inSession} from '../cli/session.ts';
import {checkNamespace, parseFrom, parseService} from '../cli/target.ts';
import {diagnose} from '../diagnose/diagnose.ts';

export default class Svc extends KdiagCommand {
  static override summary = 'Say which link between clients and a Service is broken, on which node, and why';
  static override description = `Follows the chain: the Service, its endpoints and their readiness, kube-proxy on each node, each node's own rules.
Exit codes: 0 healthy, 1 a finding at or above --fail-on, 2 wrong command line, 3 could not be examined.`;
  static override examples = [
    {command: '<%= config.bin %> svc hostnames', description: "A Service of the context's namespace"},
    {command: '<%= config.bin %> svc web:https -n shop --from node/worker-3', description: 'One port, as one node sees it'},
    {command: '<%= config.bin %> svc web -n shop -o json --fail-on warning', description: 'For a program'},
    {command: '<%= config.bin %> svc web --recording incident.kdiag', description: "From somebody else's recording"},
  ];
  static override args = {service: Args.string({required: true, description: 'NAME or NAME:PORT (number or name of the port)'})};
  static override flags = {
    ...clusterFlags, ...nodeFlags, ...reportFlags, ...commonFlags,
    from: Flags.string({description: 'look from one place only: node/NAME or pod/[NAMESPACE/]NAME', helpGroup: 'NODES'}),
    trace: Flags.boolean({description: 'also tell the way of connections through the rules of each node, rule by rule (kdiag trace tells one alone)', helpGroup: 'REPORT'}),
  };

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Svc);
    const {service, port} = parseService(args.service);
    if (flags.namespace !== undefined) checkNamespace(flags.namespace);
    parseFrom(flags.from, flags.namespace ?? 'default'); // a wrong one is told before a cluster is asked for
    await checkOutputs(flags.output);
    const report = await inSession(flags, ({cluster, namespace, progress}) => {
      progress.show(`asking for Service ${namespace}/${service}`);
      const from = parseFrom(flags.from, namespace);
      const asked = {service, namespace, ...(port === null ? {} : {port}), ...(flags.from === undefined ? {} : {from: flags.from})};
      return diagnose(cluster, {command: {name: 'svc', args: asked}, target: {kind: 'service', namespace, service, port, from}, checks: serviceChecks, trace: flags.trace}, text => progress.show(text));
    });
    await printReport(report, printingOf(flags));
  }
}
