import type {Condition, ContainerStatus, Pod, Probe} from '../cluster/objects.ts';

/** Where a pod stands between created and answering. */
export type PodState =
  | {readonly state: 'ready'}
  | {readonly state: 'gone'} // finished, or its node gave it up
  | {readonly state: 'terminating'}
  | {readonly state: 'not-running'; readonly reason: 'image-pull' | 'crash-loop' | 'pending' | 'container-config' | 'failed' | 'init' | 'node-lost'; readonly detail: string; readonly field: string; readonly container: string | null}
  | {readonly state: 'not-ready'; readonly reason: 'readiness-probe' | 'readiness-gate' | 'starting' | 'not-ready'; readonly detail: string; readonly field: string};

/** Waiting reasons of the kubelet (pkg/kubelet/images/types.go, pkg/kubelet/container/sync_result.go). */
const waitingReasons: Readonly<Record<string, 'image-pull' | 'crash-loop' | 'container-config'>> = {
  ErrImagePull: 'image-pull', ImagePullBackOff: 'image-pull', InvalidImageName: 'image-pull', ErrImageNeverPull: 'image-pull',
  ImageInspectError: 'image-pull', RegistryUnavailable: 'image-pull', SignatureValidationFailed: 'image-pull',
  CrashLoopBackOff: 'crash-loop',
  CreateContainerConfigError: 'container-config', CreateContainerError: 'container-config', RunContainerError: 'container-config',
};

export function stateOf(pod: Pod): PodState {
  const status = pod.status ?? {};
  if (pod.metadata.deletionTimestamp !== undefined) return {state: 'terminating'};
  if (status.phase === 'Succeeded') return {state: 'gone'};
  if (status.phase === 'Failed') return {state: 'not-running', reason: 'failed', detail: [status.reason, status.message].filter(Boolean).join(': ').replace(/\.$/, '') || 'it failed', field: `status.phase: Failed${status.reason === undefined ? '' : `, reason: ${status.reason}`}`, container: null};
  const stuck = [...(status.initContainerStatuses ?? []).map(each => ({each, init: true})), ...(status.containerStatuses ?? []).map(each => ({each, init: false}))];
  for (const {each, init} of stuck) {
    const reason = waitingReasons[each.state?.waiting?.reason ?? ''];
    if (reason !== undefined) return {state: 'not-running', reason, detail: waitingDetail(each, init), field: `${init ? 'initContainerStatuses' : 'containerStatuses'}[${each.name}].state.waiting: ${JSON.stringify(each.state?.waiting)}`, container: each.name};
  }
  const crashed = (status.containerStatuses ?? []).find(each => each.state?.terminated !== undefined);
  if (crashed !== undefined) return {state: 'not-running', reason: 'crash-loop', detail: `container ${crashed.name} ended ${terminatedText(crashed.state?.terminated)}`, field: `containerStatuses[${crashed.name}].state.terminated: ${JSON.stringify(crashed.state?.terminated)}`, container: crashed.name};
  if (status.phase === 'Pending' || status.phase === undefined) return pending(pod);
  if (status.phase === 'Unknown') return {state: 'not-running', reason: 'node-lost', detail: `node ${pod.spec.nodeName} does not report`, field: 'status.phase: Unknown', container: null};
  const ready = condition(pod, 'Ready');
  if (ready?.status === 'True') return {state: 'ready'};
  return notReady(pod);
}

function pending(pod: Pod): PodState {
  const scheduled = condition(pod, 'PodScheduled');
  if (scheduled?.status === 'False') return {state: 'not-running', reason: 'pending', detail: `not scheduled: ${(scheduled.message ?? scheduled.reason ?? 'no reason given').replace(/\.$/, '')}`, field: `conditions[PodScheduled]: ${scheduled.reason ?? ''} ${scheduled.message ?? ''}`.trim(), container: null};
  const init = (pod.status?.initContainerStatuses ?? []).find(each => each.state?.terminated?.exitCode !== 0 && each.ready !== true);
  if (init !== undefined) return {state: 'not-running', reason: 'init', detail: `init container ${init.name} has not finished`, field: `initContainerStatuses[${init.name}].state: ${JSON.stringify(init.state ?? {})}`, container: init.name};
  const waiting = (pod.status?.containerStatuses ?? []).find(each => each.state?.waiting !== undefined);
  const reason = waiting?.state?.waiting?.reason ?? (pod.spec.nodeName === undefined ? 'not scheduled yet' : 'not started yet');
  return {state: 'not-running', reason: 'pending', detail: `${reason}${waiting?.state?.waiting?.message === undefined ? '' : `: ${waiting.state.waiting.message}`}`, field: `status.phase: Pending (${reason})`, container: waiting?.name ?? null};
}

function notReady(pod: Pod): PodState {
  const containers = condition(pod, 'ContainersReady');
  const gate = (pod.spec.readinessGates ?? []).find(({conditionType}) => condition(pod, conditionType)?.status !== 'True');
  if (containers?.status === 'True' && gate !== undefined) return {state: 'not-ready', reason: 'readiness-gate', detail: `the readiness gate ${gate.conditionType} is not fulfilled`, field: `conditions[${gate.conditionType}]: ${condition(pod, gate.conditionType)?.status ?? 'absent'}`};
  const unready = (pod.status?.containerStatuses ?? []).find(each => each.ready !== true);
  const probe = pod.spec.containers.find(({name}) => name === unready?.name)?.readinessProbe;
  if (unready?.started === false) return {state: 'not-ready', reason: 'starting', detail: `container ${unready.name} has not started up yet`, field: `containerStatuses[${unready.name}].started: false`};
  if (unready !== undefined && probe !== undefined) return {state: 'not-ready', reason: 'readiness-probe', detail: `the readiness probe of container ${unready.name} (${probeText(probe)}) fails`, field: `containerStatuses[${unready.name}].ready: false, readinessProbe: ${probeText(probe)}`};
  const ready = condition(pod, 'Ready');
  // The node lifecycle controller says so of all pods of a node that it does not hear from; nobody updates their containers' status.
  if (containers?.status === 'True' && ready?.status === 'False') return {state: 'not-ready', reason: 'not-ready', detail: `node ${pod.spec.nodeName} does not report; the containers were ready when it last did`, field: `conditions[Ready]: False, conditions[ContainersReady]: True, spec.nodeName: ${pod.spec.nodeName}`};
  return {state: 'not-ready', reason: 'not-ready', detail: ready?.message ?? ready?.reason ?? 'it is not Ready', field: `conditions[Ready]: ${ready?.status ?? 'absent'} ${ready?.reason ?? ''}`.trim()};
}

/** Milliseconds: a run that ended sooner after its start did not work. */
const shortRun = 60_000;

/**
 * The state, of which `Ready` is no part between two crashes: a container without a readiness probe counts as ready in the seconds
 * until it ends again. One that was restarted once, as with its node, has had a long run before.
 */
export function stateAt(pod: Pod, now: Date): PodState {
  const state = stateOf(pod);
  if (state.state !== 'ready') return state;
  const crashing = (pod.status?.containerStatuses ?? []).find(({state: current, lastState, restartCount = 0}) => {
    const before = lastState?.terminated;
    return restartCount > 1 && before !== undefined && before.exitCode !== 0 && now.getTime() - Date.parse(current?.running?.startedAt ?? '') < shortRun && Date.parse(before.finishedAt ?? '') - Date.parse(before.startedAt ?? '') < shortRun;
  });
  if (crashing === undefined) return state;
  const ended = crashing.lastState?.terminated;
  return {state: 'not-running', reason: 'crash-loop', detail: `container ${crashing.name} ends again and again, the last time ${terminatedText(ended)}`, field: `containerStatuses[${crashing.name}]: restartCount ${crashing.restartCount}, lastState.terminated: ${JSON.stringify(ended)}`, container: crashing.name};
}

function waitingDetail(each: ContainerStatus, init: boolean): string {
  const waiting = each.state?.waiting;
  const before = each.lastState?.terminated;
  const ended = before === undefined ? '' : `; it last ended ${terminatedText(before)}`;
  const said = waiting?.reason === 'CrashLoopBackOff' || waiting?.message === undefined ? '' : `: ${waiting.message}`;
  return `${init ? 'init ' : ''}container ${each.name} is in ${waiting?.reason}${said}${ended}`;
}

function terminatedText(ended: {exitCode: number; signal?: number; reason?: string; message?: string} | undefined): string {
  const message = ended?.message?.trim().split('\n').at(-1);
  return `with exit code ${ended?.exitCode}${ended?.reason === undefined || ended.reason === 'Error' ? '' : ` (${ended.reason})`}${message ? `: ${message}` : ''}`;
}

/** `GET :8080/healthz`, `TCP :5432`, … */
function probeText(probe: Probe): string {
  if (probe.httpGet !== undefined) return `${probe.httpGet.scheme === 'HTTPS' ? 'HTTPS ' : ''}GET ${probe.httpGet.host ?? ''}:${probe.httpGet.port}${probe.httpGet.path ?? '/'}`;
  if (probe.tcpSocket !== undefined) return `TCP ${probe.tcpSocket.host ?? ''}:${probe.tcpSocket.port}`;
  if (probe.grpc !== undefined) return `gRPC :${probe.grpc.port}`;
  return 'a command';
}

export function condition(of: {readonly status?: {readonly conditions?: readonly Condition[]}}, type: string): Condition | undefined {
  return of.status?.conditions?.find(each => each.type === type);
}

/** Whether the EndpointSlice controller would consider it: completed, failed and deleted pods are none of a Service's any more. */
export function canServe(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp === undefined && pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed';
}

/** A pod this young that others stand in for is a rollout, not a fault. In seconds. */
const youth = 60;

export function isYoung(pod: Pod, now: Date): boolean {
  return ageOf(pod, now) < youth;
}

/** Young, and not ready for the first time: a pod that was ready before is in trouble, whatever its age. */
export function isStarting(pod: Pod, now: Date): boolean {
  const at = (type: string): number => Date.parse(condition(pod, type)?.lastTransitionTime ?? '');
  return isYoung(pod, now) && !(at('Ready') - at('PodScheduled') > 5_000);
}

/** Seconds since the pod was created. */
function ageOf(pod: Pod, now: Date): number {
  return pod.metadata.creationTimestamp === undefined ? Infinity : (now.getTime() - Date.parse(pod.metadata.creationTimestamp)) / 1000;
}
