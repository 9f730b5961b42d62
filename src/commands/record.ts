import * as Flags from '@oclif/core/flags';
import {apiserverChecks, dnsChecks, networkChecks} from '../checks/index.ts';
import type {Check} from '../checks/check.ts';
import {clusterFlags, commonFlags, nodeFlags} from '../cli/flags.ts';
import {KdiagCommand} from '../cli/kdiag-command.ts';
import {inSession} from '../cli/session.ts';
import {checkNamespace} from '../cli/target.ts';
import {recordCluster} from '../diagnose/record-cluster.ts';
import type {FactName} from '../facts/facts.ts';
import {KdiagError} from '../kdiag-error.ts';
import {plain} from '../report/plain.ts';
import {version} from '../version.ts';

export default class Record extends KdiagCommand {
  static override summary = 'Record a cluster into one file, for somebody who cannot reach it';
  static override description = `Every command answers from it with --recording FILE. It holds no Secret, no environment values, no ConfigMaps but the few that
docs/recording-format.md names; --pseudonymise replaces names and addresses as well.`;
  static override examples = [
    {command: '<%= config.bin %> record -o incident.kdiag', description: 'The whole cluster (of a large one, a sample of the nodes)'},
    {command: '<%= config.bin %> record -o incident.kdiag -n shop -n payments --all-nodes --pseudonymise', description: 'Two namespaces, every node, under other names'},
  ];
  static override flags = {
    context: clusterFlags.context, kubeconfig: clusterFlags.kubeconfig, 'request-timeout': clusterFlags['request-timeout'], timeout: clusterFlags.timeout, recording: clusterFlags.recording,
    ...nodeFlags, ...commonFlags,
    output: Flags.string({char: 'o', required: true, description: 'file to write', helpValue: 'FILE'}),
    namespace: Flags.string({char: 'n', multiple: true, description: 'namespaces whose objects are recorded (several times -n); else all'}),
    'all-nodes': Flags.boolean({description: 'read every node; else, of more than 20, a sample of 20'}),
    pseudonymise: Flags.boolean({description: 'replace names and addresses, the same by the same, address prefixes kept'}),
    force: Flags.boolean({description: 'overwrite FILE'}),
  };

  async run(): Promise<void> {
    const {flags} = await this.parse(Record);
    const namespaces = (flags.namespace ?? []).map(checkNamespace);
    const [{Recorder}, {checkFree, saveRecording}] = await Promise.all([import('../cluster/recording/recorder.ts'), import('../cluster/recording/file.ts')]);
    await checkFree(flags.output, flags.force);
    const {recorder, told} = await inSession({...flags, namespace: undefined}, async ({cluster, progress}) => {
      const own = new Recorder(cluster, version);
      return {recorder: own, told: await recordCluster(own, {namespaces, allNodes: flags['all-nodes'], dnsFacts: factsOf(dnsChecks), apiserverFacts: factsOf(apiserverChecks), networkFacts: factsOf(networkChecks)}, text => progress.show(text))};
    });
    if (told.nothing !== null) throw new KdiagError(3, `nothing could be recorded: ${told.nothing}`);
    const contents = recorder.contents();
    const written = flags.pseudonymise ? (await import('../cluster/recording/pseudonymise/pseudonymise.ts')).pseudonymise(contents) : contents;
    await saveRecording(flags.output, written, {force: flags.force});
    process.stdout.write(`${flags.output}: ${told.objects} objects, ${told.nodes} of ${told.allNodes} nodes${flags.pseudonymise ? ', names and addresses replaced' : ''}\n`);
    for (const line of told.lacking) process.stderr.write(`kdiag: not recorded: ${plain(line)}\n`);
  }
}

function factsOf(checks: readonly Check[]): FactName[] {
  return [...new Set(checks.flatMap(({needs, hopes}) => [...needs, ...hopes]))];
}
