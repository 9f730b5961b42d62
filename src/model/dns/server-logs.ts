import type {Unknown} from '../../cluster/answer.ts';
import type {Pod} from '../../cluster/objects.ts';
import {type LogFinding, readCoreDnsLog} from '../coredns/log.ts';
import type {LogCause} from '../coredns/log-line.ts';
import {stateOf} from '../pods.ts';

/** The last log lines of a CoreDNS pod. */
export interface ServerLog {
  readonly pod: string;
  readonly text: string;
  /** Why there are none. */
  readonly lacking: Unknown | null;
}

/** What a CoreDNS pod's log says, with the pod. */
export interface Said<C extends LogCause['cause']> {
  readonly pod: Pod;
  /** Whether the pod is in trouble: of one that is ready again, an old line says nothing. */
  readonly troubled: boolean;
  readonly cause: Extract<LogCause, {cause: C}>;
  readonly finding: LogFinding;
}

/** Pods whose log could not be read, of those that `matter`: what it might say is not known. */
export function unreadLogs(logs: readonly ServerLog[], pods: readonly Pod[], matter: (pod: Pod) => boolean): {readonly pod: Pod; readonly unknown: Unknown}[] {
  return logs.flatMap(({pod: name, lacking}) => {
    const pod = pods.find(({metadata}) => metadata.name === name);
    return pod === undefined || lacking === null || !matter(pod) ? [] : [{pod, unknown: lacking}];
  });
}

/**
 * Pods that wait for the API server: what they ask gets lost, and they do not say where. At any start a probe or two is told so;
 * these have been told it again and again, and nothing else since.
 */
export function waitingForApi(logs: readonly ServerLog[], pods: readonly Pod[]): Said<'api-not-synced'>[] {
  return saidIn(logs, pods, 'api-not-synced').filter(({troubled, cause, finding}) => troubled && cause.state === 'not-ready' && finding.count > 2 && finding.linesAfter <= 2);
}

export function saidIn<C extends LogCause['cause']>(logs: readonly ServerLog[], pods: readonly Pod[], cause: C): Said<C>[] {
  return logs.flatMap(({pod: name, text}) => {
    const pod = pods.find(({metadata}) => metadata.name === name);
    if (pod === undefined || text === '') return [];
    return readCoreDnsLog(text).findings.flatMap(finding => (finding.cause.cause === cause ? [{pod, troubled: stateOf(pod).state !== 'ready', cause: finding.cause as Extract<LogCause, {cause: C}>, finding}] : []));
  });
}
