import {debugLabels, debugPodSpec, runLabel} from './debug-pod.ts';

/** In place of a run's own mark: pods of the DaemonSet belong to no run, and none deletes them. */
const daemonSetRun = 'daemonset';

/**
 * Debug pods that stay, one on each Linux node, for who may not, or does not want to, create one for each run. They are the same
 * pods in all but their life: they end with the DaemonSet.
 */
export function debugDaemonSet({namespace, image, name = 'kdiag-collector'}: {readonly namespace: string; readonly image: string; readonly name?: string}) {
  const labels = debugLabels(daemonSetRun);
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: {name, namespace, labels},
    spec: {
      selector: {matchLabels: labels},
      updateStrategy: {type: 'RollingUpdate', rollingUpdate: {maxUnavailable: '100%'}},
      template: {metadata: {labels}, spec: {...debugPodSpec(image, 'while :; do sleep 3600; done'), restartPolicy: 'Always', nodeSelector: {'kubernetes.io/os': 'linux'}}},
    },
  };
}

/** Whether a pod that bears kdiag's mark is one of the DaemonSet. */
export function isOfDaemonSet(labels: Readonly<Record<string, string>> | undefined): boolean {
  return labels?.[runLabel] === daemonSetRun;
}
