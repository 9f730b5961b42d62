import type {Unknown} from '../answer.ts';
import type {Pod} from '../objects.ts';

/** Tried after the images that the cluster has already. Has sh, gzip, iptables, nft, ipset and ipvsadm, for amd64 and arm64. */
export const defaultDebugImage = 'docker.io/nicolaka/netshoot:v0.13';

/** The images to try, in order: the user's own, those that are on the nodes already, the default. */
export function debugImages(own: string | undefined, present: readonly string[]): readonly string[] {
  return [...new Set([...(own === undefined ? [] : [own]), ...present, defaultDebugImage])];
}

export const managedBy = 'app.kubernetes.io/managed-by=kdiag';
export const runLabel = 'kdiag.dev/run';
export const containerName = 'kdiag';

export function debugLabels(run: string): Readonly<Record<string, string>> {
  return {'app.kubernetes.io/name': 'kdiag', 'app.kubernetes.io/managed-by': 'kdiag', [runLabel]: run};
}

/**
 * A pod that sees a node's network and processes, and ends by itself after `lifeSeconds`, whatever becomes of kdiag.
 * `nodeName` is set, so that it needs no scheduler and passes cordons.
 */
export function debugPod(options: {readonly node: string; readonly image: string; readonly run: string; readonly lifeSeconds: number}): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {generateName: 'kdiag-', labels: debugLabels(options.run)},
    spec: {nodeName: options.node, activeDeadlineSeconds: options.lifeSeconds, restartPolicy: 'Never', ...debugPodSpec(options.image, `sleep ${options.lifeSeconds}`)},
  };
}

/** What every pod has that kdiag reads a node through: it mounts nothing of the node and has no credentials. */
export function debugPodSpec(image: string, script: string) {
  return {
    hostNetwork: true,
    hostPID: true,
    dnsPolicy: 'ClusterFirstWithHostNet', // so its resolv.conf is what this kubelet writes for a pod of policy ClusterFirst
    terminationGracePeriodSeconds: 0,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    tolerations: [{operator: 'Exists'}],
    containers: [
      {
        name: containerName,
        image,
        imagePullPolicy: 'IfNotPresent',
        command: ['sh', '-c', script],
        securityContext: {privileged: true, runAsUser: 0, runAsNonRoot: false},
        // no CPU limit: it would slow the reading down, and old kernels refuse small ones
        resources: {requests: {cpu: '1m', memory: '8Mi'}, limits: {memory: '512Mi'}},
      },
    ],
  };
}

/** What has become of a debug pod: `wait`, or how it ended. After an image failure another image may do. */
export type PodState = 'running' | 'wait' | {readonly imageFailure: string} | {readonly failure: Unknown};

/** Reasons of a waiting container that no patience helps against. Source: kubelet images/types.go and kuberuntime. */
const hopeless = /^(ErrImagePull|ImagePullBackOff|ErrImageNeverPull|InvalidImageName|ImageInspectError|RegistryUnavailable|SignatureValidationFailed|CreateContainerConfigError|CreateContainerError|RunContainerError|CrashLoopBackOff)$/;

export function podState(pod: Pod): PodState {
  const {spec, status, metadata} = pod;
  const container = status?.containerStatuses?.find(candidate => candidate.name === containerName);
  const image = spec.containers[0]?.image ?? 'its image';
  const {waiting, terminated, running} = container?.state ?? {};
  if (waiting?.reason !== undefined && hopeless.test(waiting.reason)) return {imageFailure: `${image}: ${waiting.reason}${waiting.message === undefined ? '' : ` (${waiting.message})`}`};
  if (terminated !== undefined) return {imageFailure: `${image}: the container ended with exit status ${terminated.exitCode}${terminated.message === undefined ? '' : ` (${terminated.message})`}`};
  if (status?.phase === 'Failed' || status?.phase === 'Succeeded') return {failure: {why: 'refused', detail: `node ${spec.nodeName} did not run the debug pod ${metadata.name}: ${status.message ?? status.reason ?? status.phase}`}};
  if (metadata.deletionTimestamp !== undefined) return {failure: {why: 'lost', detail: `the debug pod ${metadata.name} was deleted by someone else`}};
  return status?.phase === 'Running' && running !== undefined ? 'running' : 'wait';
}
