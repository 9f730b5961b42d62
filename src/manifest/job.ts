import {type Manifest, account, labelsOf} from './naming.ts';

export interface JobOptions {
  readonly namespace: string;
  readonly image: string;
  /** What kdiag is told, without its own name. */
  readonly args: readonly string[];
}

/** One examination. A Job is Failed when kdiag found something (exit 1), or could not tell (3): it is never tried again, since it would find the same. */
export function job(options: JobOptions): Manifest {
  return {apiVersion: 'batch/v1', kind: 'Job', metadata: {name: account, namespace: options.namespace, labels: labelsOf('check')}, spec: jobSpec(options)};
}

export function cronJob(options: JobOptions & {readonly schedule: string}): Manifest {
  return {
    apiVersion: 'batch/v1', kind: 'CronJob', metadata: {name: account, namespace: options.namespace, labels: labelsOf('check')},
    spec: {
      schedule: options.schedule, concurrencyPolicy: 'Forbid', startingDeadlineSeconds: 600, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 3,
      jobTemplate: {metadata: {labels: labelsOf('check')}, spec: jobSpec(options)},
    },
  };
}

const day = 86_400;
/** Of nobody in particular: Containerfile has the same. */
const user = 65_532;

function jobSpec({image, args}: JobOptions): object {
  return {
    backoffLimit: 0, activeDeadlineSeconds: 900, ttlSecondsAfterFinished: day,
    template: {
      metadata: {labels: labelsOf('check')},
      spec: {
        serviceAccountName: account, restartPolicy: 'Never', enableServiceLinks: false,
        terminationGracePeriodSeconds: 60, // its debug pods are deleted in that time
        nodeSelector: {'kubernetes.io/os': 'linux'},
        securityContext: {runAsNonRoot: true, runAsUser: user, runAsGroup: user, seccompProfile: {type: 'RuntimeDefault'}},
        containers: [{
          name: 'kdiag', image, imagePullPolicy: 'IfNotPresent', args,
          securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: ['ALL']}},
          // docs/performance.md: 1,000 nodes need less
          resources: {requests: {cpu: '100m', memory: '256Mi'}, limits: {memory: '1Gi'}},
        }],
      },
    },
  };
}
