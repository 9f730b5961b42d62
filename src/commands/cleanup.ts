import {clusterFlags, commonFlags} from '../cli/flags.ts';
import * as Flags from '@oclif/core/flags';
import {KdiagCommand} from '../cli/kdiag-command.ts';
import {isKnown} from '../cluster/answer.ts';
import {KdiagError} from '../kdiag-error.ts';
import {plain} from '../report/plain.ts';

export default class Cleanup extends KdiagCommand {
  static override summary = 'Delete the debug pods that any run of kdiag has left';
  static override description = 'Runs clean up after themselves; this is for what a killed one left behind. Pods of a run that is still under way are deleted too.';
  static override examples = [{command: '<%= config.bin %> cleanup', description: 'In all namespaces'}, {command: '<%= config.bin %> cleanup --debug-namespace kube-system', description: 'With rights in one namespace only'}];
  static override flags = {
    context: clusterFlags.context, kubeconfig: clusterFlags.kubeconfig, 'request-timeout': clusterFlags['request-timeout'], ...commonFlags,
    'debug-namespace': Flags.string({description: 'only in this namespace'}),
  };

  async run(): Promise<void> {
    const {flags} = await this.parse(Cleanup);
    const {openLive} = await import('../cluster/live/live.ts');
    const live = await openLive({
      ...(flags.kubeconfig === undefined ? {} : {kubeconfig: flags.kubeconfig}), ...(flags.context === undefined ? {} : {context: flags.context}),
      requestTimeoutMs: flags['request-timeout'] * 1000, nodeTimeoutMs: 60_000, concurrency: 1, via: 'auto', debugPods: true, debugNamespace: flags['debug-namespace'] ?? 'kube-system',
    });
    try {
      const gone = await live.cleanup(flags['debug-namespace'] === undefined);
      if (!isKnown(gone)) throw new KdiagError(3, `the debug pods could not be deleted: ${gone.unknown.detail}`);
      process.stdout.write(gone.known.length === 0 ? 'nothing of kdiag was left\n' : gone.known.map(name => `pod ${plain(name)} deleted\n`).join(''));
    } finally {
      await live.close();
    }
  }
}
