import {KdiagCommand} from '../../cli/kdiag-command.ts';
import {argsForLevel, atDashes, jobFlags} from '../../cli/job-flags.ts';
import {checkOwnNamespace} from '../../cli/manifest-flags.ts';
import {printManifest} from '../../cli/print-manifest.ts';
import {KdiagError} from '../../kdiag-error.ts';
import {job} from '../../manifest/job.ts';

export default class ManifestJob extends KdiagCommand {
  static override summary = 'Print a Job that runs kdiag in the cluster once, for kubectl apply';
  static override description = `It runs as the ServiceAccount of kdiag manifest rbac, without privileges of its own. What follows -- is what kdiag is told; else
check -o json. Flags that fit the rung are added. The Job is Failed when something was found (exit 1) or could not be told (exit 3).
No image is published yet: build it with the package's Containerfile, and name it with --image.`;
  static override examples = [
    {command: '<%= config.bin %> manifest job | kubectl apply -f - && kubectl logs -n kdiag -f job/kdiag --pod-running-timeout=1m', description: 'The whole cluster, and its report'},
    {command: '<%= config.bin %> manifest job --level debug-pods --image registry.example/kdiag:1 -- dns -o json', description: 'Another question, another image'},
  ];
  static override strict = false;
  static override flags = jobFlags;

  async run(): Promise<void> {
    const {own, told} = atDashes(this.argv);
    const {flags: {level, namespace, image, output}, argv} = await this.parse(ManifestJob, own);
    checkOwnNamespace(namespace);
    if (argv.length > 0) throw new KdiagError(2, `“${String(argv[0])}” is no flag of kdiag ${this.id?.replace(':', ' ')}`, 'What kdiag is told stands behind --');
    await printManifest([job({namespace, image, args: argsForLevel(this.config, told, level, namespace)})], output, [`Needs: kdiag manifest rbac --level ${level} -n ${namespace}`]);
  }
}
