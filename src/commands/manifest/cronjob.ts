import * as Flags from '@oclif/core/flags';
import {KdiagCommand} from '../../cli/kdiag-command.ts';
import {argsForLevel, atDashes, jobFlags} from '../../cli/job-flags.ts';
import {checkOwnNamespace, checkSchedule} from '../../cli/manifest-flags.ts';
import {printManifest} from '../../cli/print-manifest.ts';
import {KdiagError} from '../../kdiag-error.ts';
import {cronJob} from '../../manifest/job.ts';

export default class ManifestCronjob extends KdiagCommand {
  static override summary = 'Print a CronJob that runs kdiag in the cluster again and again, for kubectl apply';
  static override description = 'As kdiag manifest job, on a schedule, one run at a time. Alert on its Jobs that fail (kube_job_status_failed), and read their logs.';
  static override examples = [
    {command: '<%= config.bin %> manifest cronjob | kubectl apply -f -', description: 'Each morning at six, by the clock of the controller manager'},
    {command: "<%= config.bin %> manifest cronjob --level exec --schedule '*/30 * * * *' -- check -o json --fail-on warning", description: 'Each half hour, also for warnings'},
  ];
  static override strict = false;
  static override flags = {...jobFlags, schedule: Flags.string({description: 'when, as cron writes it', default: '0 6 * * *', parse: async text => checkSchedule(text)})};

  async run(): Promise<void> {
    const {own, told} = atDashes(this.argv);
    const {flags: {level, namespace, image, output, schedule}, argv} = await this.parse(ManifestCronjob, own);
    checkOwnNamespace(namespace);
    if (argv.length > 0) throw new KdiagError(2, `“${String(argv[0])}” is no flag of kdiag ${this.id?.replace(':', ' ')}`, 'What kdiag is told stands behind --');
    await printManifest([cronJob({namespace, image, schedule, args: argsForLevel(this.config, told, level, namespace)})], output, [`Needs: kdiag manifest rbac --level ${level} -n ${namespace}`]);
  }
}
