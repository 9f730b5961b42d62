import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {dnsChecks, serviceChecks} from '../checks/index.ts';
import {commonFlags, reportFlags} from '../cli/flags.ts';
import {KdiagCommand} from '../cli/kdiag-command.ts';
import {checkOutputs} from '../cli/outputs.ts';
import {printingOf, printReport} from '../cli/print-report.ts';
import {programName} from '../cli/program.ts';
import {openRecording} from '../cluster/recording/file.ts';
import {type DemoName, demoNames, demos, recordingFile} from '../demo/demos.ts';
import {diagnose} from '../diagnose/diagnose.ts';
import {KdiagError} from '../kdiag-error.ts';

export default class Demo extends KdiagCommand {
  static override summary = 'Show what kdiag does, on recordings of real clusters that come with it';
  static override description = 'Needs no cluster. Exits with 0 when the demonstration worked, whatever it shows.';
  static override examples = [
    {command: '<%= config.bin %> demo', description: 'A cluster in which one node lost its rules'},
    {command: '<%= config.bin %> demo --list', description: 'The names of all'},
    {command: '<%= config.bin %> demo kube-proxy-missing -o json', description: 'Another one, for a program'},
  ];
  static override args = {name: Args.string({description: 'which one; see --list'})};
  static override flags = {output: reportFlags.output, ...commonFlags, list: Flags.boolean({description: 'list the demonstrations'})};

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Demo);
    await checkOutputs(flags.output);
    if (flags.list) {
      const width = Math.max(...demoNames.map(name => name.length));
      process.stdout.write(demoNames.map(name => `${name.padEnd(width)}  ${demos[name].title}\n`).join(''));
      return;
    }
    const name = args.name ?? demoNames[0] ?? 'healthy';
    if (!isDemo(name)) throw new KdiagError(2, `there is no demonstration “${name}”`, `There are ${demoNames.join(', ')}`);
    const {title, service, namespace} = demos[name];
    process.stderr.write(`# ${name}: ${title}\n$ ${programName()} ${service === null ? 'dns' : `svc ${service}`} -n ${namespace}   # on a recording of a real cluster\n`);
    const report = await diagnose(await openRecording(recordingFile(name)), service === null
      ? {command: {name: 'dns', args: {namespace}}, target: {kind: 'dns', namespace, name: null, type: null, from: null, tries: 5}, checks: dnsChecks}
      : {command: {name: 'svc', args: {service, namespace}}, target: {kind: 'service', namespace, service, port: null, from: null}, checks: serviceChecks}, text => process.stderr.write(`… ${text}\n`));
    await printReport(report, {...printingOf(flags), failOn: null});
  }
}

function isDemo(name: string): name is DemoName {
  return (demoNames as readonly string[]).includes(name);
}
