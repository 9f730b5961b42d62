import type {Pod} from '../objects.ts';
import {debugLabels, debugPodSpec, runLabel} from './debug-pod.ts';

/** In place of a run's own mark: pods of the DaemonSet that stays belong to no run, and none deletes them. */
const daemonSetRun = 'daemonset';
/** Pods of the DaemonSet that stays. */
export const standing = `${runLabel}=${daemonSetRun}`;
/** Which of a run's pods are of its DaemonSet. */
const component = 'app.kubernetes.io/component';

/**
 * Debug pods that stay, one on each Linux node, for who may not, or does not want to, create one for each run. They are the same
 * pods in all but their life: they end with the DaemonSet.
 */
export function debugDaemonSet({namespace, image, name = 'kdiag-collector'}: {readonly namespace: string; readonly image: string; readonly name?: string}) {
  return daemonSet(name, namespace, daemonSetRun, debugPodSpec(image, 'while :; do sleep 3600; done'));
}

/** The same for one run. `owner` ends it, should nobody else. */
export function runDaemonSet({namespace, image, run, owner}: {readonly namespace: string; readonly image: string; readonly run: string; readonly owner: {readonly name: string; readonly uid: string}}) {
  const set = daemonSet(runName(run), namespace, run, debugPodSpec(image, 'while :; do sleep 3600; done'));
  return {...set, metadata: {...set.metadata, ownerReferences: [{apiVersion: 'batch/v1', kind: 'Job', ...owner}]}};
}

/**
 * A DaemonSet's pods have no deadline (activeDeadlineSeconds is refused in their template); a Job has, and one that is over is deleted,
 * and what it owns with it (KEP-592), whatever has become of kdiag.
 */
export function runJob({namespace, image, run, lifeSeconds}: {readonly namespace: string; readonly image: string; readonly run: string; readonly lifeSeconds: number}) {
  const {containers: [container], terminationGracePeriodSeconds, automountServiceAccountToken, enableServiceLinks, tolerations} = debugPodSpec(image, `sleep ${lifeSeconds}`);
  const {securityContext: _, ...plain} = container!;
  return {
    apiVersion: 'batch/v1', kind: 'Job',
    metadata: {name: runName(run), namespace, labels: debugLabels(run)},
    spec: {
      activeDeadlineSeconds: lifeSeconds, ttlSecondsAfterFinished: 0, backoffLimit: 0,
      template: {metadata: {labels: {...debugLabels(run), [component]: 'deadline'}}, spec: {restartPolicy: 'Never', terminationGracePeriodSeconds, automountServiceAccountToken, enableServiceLinks, tolerations, containers: [plain]}},
    },
  };
}

export function runName(run: string): string {
  return `kdiag-${run}`;
}

function daemonSet(name: string, namespace: string, run: string, spec: ReturnType<typeof debugPodSpec>) {
  const labels = {...debugLabels(run), [component]: 'collector'};
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: {name, namespace, labels},
    spec: {
      selector: {matchLabels: labels},
      updateStrategy: {type: 'RollingUpdate', rollingUpdate: {maxUnavailable: '100%'}},
      template: {metadata: {labels}, spec: {...spec, restartPolicy: 'Always', nodeSelector: {'kubernetes.io/os': 'linux'}}},
    },
  };
}

/** Whether a pod that bears kdiag's mark is one of the DaemonSet that stays. */
export function isOfDaemonSet(labels: Readonly<Record<string, string>> | undefined): boolean {
  return labels?.[runLabel] === daemonSetRun;
}

/** Whether one of this run's pods is one of its DaemonSet, on this node. */
export function isCollectorOn(node: string): (pod: Pod) => boolean {
  return ({metadata, spec}) => metadata.labels?.[component] === 'collector' && spec.nodeName === node;
}
