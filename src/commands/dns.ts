import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {dnsChecks} from '../checks/index.ts';
import {clusterFlags, commonFlags, nodeFlags, reportFlags} from '../cli/flags.ts';
import {KdiagCommand} from '../cli/kdiag-command.ts';
import {checkOutputs} from '../cli/outputs.ts';
import {printingOf, printReport} from '../cli/print-report.ts';
import {inSession} from '../cli/session.ts';
import {checkNamespace, parseFrom} from '../cli/target.ts';
import {diagnose} from '../diagnose/diagnose.ts';
import {nameFault} from '../diagnose/dns-name.ts';
import {KdiagError} from '../kdiag-error.ts';

export default class Dns extends KdiagCommand {
  static override summary = "Say which link between a pod's resolv.conf and the answer for a name is broken, and why";
  static override description = `Follows the chain: resolv.conf and search list of clients, CoreDNS and its Corefile, the DNS Service and its endpoints, each node's rules;
then asks every server by itself, over UDP and TCP, from each node and from a pod of it. Without NAME it asks for kubernetes.default and example.com.
Exit codes: 0 healthy, 1 a finding at or above --fail-on, 2 wrong command line, 3 could not be examined.`;
  static override examples = [
    {command: '<%= config.bin %> dns', description: 'Name resolution as a whole, from every node'},
    {command: '<%= config.bin %> dns web.shop --from pod/shop/cart-1', description: 'Why this name is not found there'},
    {command: '<%= config.bin %> dns api.example.org --type AAAA --from node/worker-3 -o wide', description: 'From the pods of one node, every exchange told'},
  ];
  static override args = {name: Args.string({description: 'as a program would write it: it goes through the search list'})};
  static override flags = {
    ...clusterFlags, ...nodeFlags, ...reportFlags, ...commonFlags,
    from: Flags.string({description: 'look from one place only: node/NAME or pod/[NAMESPACE/]NAME', helpGroup: 'NODES'}),
    type: Flags.option({options: ['A', 'AAAA', 'SRV', 'PTR', 'CNAME'] as const})({description: 'record type to look up; else addresses of both families', helpGroup: 'DNS'}),
    tries: Flags.integer({description: 'how often each server is asked', default: 5, min: 1, max: 100, helpGroup: 'DNS'}),
  };

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Dns);
    const type = flags.type ?? null;
    const name = args.name ?? null;
    const fault = name === null ? null : nameFault(name);
    if (fault !== null) throw new KdiagError(2, fault);
    if (flags.namespace !== undefined) checkNamespace(flags.namespace);
    parseFrom(flags.from, flags.namespace ?? 'default'); // a wrong one is told before a cluster is asked for
    await checkOutputs(flags.output);
    const report = await inSession(flags, ({cluster, namespace, progress}) => {
      progress.show(name === null ? 'asking for the DNS Service' : `asking for ${name}`);
      const from = parseFrom(flags.from, namespace);
      const asked = {...(name === null ? {} : {name}), namespace, ...(type === null ? {} : {type}), ...(flags.from === undefined ? {} : {from: flags.from})};
      return diagnose(cluster, {command: {name: 'dns', args: asked}, target: {kind: 'dns', namespace: from?.kind === 'pod' ? from.namespace : namespace, name, type, from, tries: flags.tries}, checks: dnsChecks}, text => progress.show(text));
    });
    await printReport(report, printingOf(flags));
  }
}
