import {KdiagCommand} from '../../cli/kdiag-command.ts';
import {levelFlag} from '../../cli/level-flag.ts';
import {checkOwnNamespace, manifestFlags} from '../../cli/manifest-flags.ts';
import {printManifest} from '../../cli/print-manifest.ts';
import {flagsFor, levels} from '../../manifest/rights.ts';
import {rbac} from '../../manifest/rbac.ts';
import {rungs} from '../../manifest/rungs.ts';

export default class ManifestRbac extends KdiagCommand {
  static override summary = 'Print the namespace, the ServiceAccount and the rights that kdiag needs, for kubectl apply';
  static override description = `A ladder; each rung has the one before it. None reads Secrets.

${levels.map(level => `${level}: may ${rungs[level].may}.\nLost: ${rungs[level].lost}.`).join('\n\n')}

Every right, and what is lost without it: docs/manifests.md.`;
  static override examples = [
    {command: '<%= config.bin %> manifest rbac | kubectl apply -f -', description: 'The least: objects only'},
    {command: '<%= config.bin %> manifest rbac --level debug-pods | kubectl apply -f -', description: 'Everything'},
    {command: '<%= config.bin %> manifest rbac --level exec | kubectl delete -f -', description: 'Take it away again, with the namespace'},
  ];
  static override flags = {level: levelFlag, ...manifestFlags};

  async run(): Promise<void> {
    const {flags: {level, namespace, output}} = await this.parse(ManifestRbac);
    checkOwnNamespace(namespace);
    await printManifest(rbac(level, namespace), output, [`Rung ${level}: may ${rungs[level].may}.`, `Lost: ${rungs[level].lost}.`, `Fits: kdiag … ${flagsFor(level, namespace).join(' ')}`]);
  }
}
