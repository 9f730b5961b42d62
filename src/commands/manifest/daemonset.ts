import * as Flags from '@oclif/core/flags';
import {KdiagCommand} from '../../cli/kdiag-command.ts';
import {checkImage, checkOwnNamespace, manifestFlags} from '../../cli/manifest-flags.ts';
import {printManifest} from '../../cli/print-manifest.ts';
import {defaultDebugImage} from '../../cluster/live/debug-pod.ts';
import {daemonSet} from '../../manifest/daemon-set.ts';

export default class ManifestDaemonset extends KdiagCommand {
  static override summary = 'Print the DaemonSet of privileged pods through which nodes can be read without creating any, for kubectl apply';
  static override description = `The same pods as kdiag's own debug pods, but they stay. Also printed: their namespace, which admits privileged pods, and the right to
exec into them for the ServiceAccount of kdiag manifest rbac. Whoever has that right is root on every node.`;
  static override examples = [
    {command: '<%= config.bin %> manifest daemonset | kubectl apply -f -', description: 'Collecting pods on all Linux nodes'},
    {command: '<%= config.bin %> manifest daemonset | kubectl delete -f -', description: 'Take them away again, with the namespace'},
  ];
  static override flags = {...manifestFlags, image: Flags.string({description: "image of the pods: sh, gzip, and the tools of kube-proxy's mode", default: defaultDebugImage, parse: async text => checkImage(text)})};

  async run(): Promise<void> {
    const {flags: {namespace, output, image}} = await this.parse(ManifestDaemonset);
    checkOwnNamespace(namespace);
    await printManifest(daemonSet({namespace, image}), output, ['Privileged: whoever may exec into these pods is root on every node.']);
  }
}
