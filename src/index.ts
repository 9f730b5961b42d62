/** What programs import: docs/api.md. Everything else in this package may change at any time. */
import type {Asked} from './api/asked.ts';
import {clusterQuestionOf} from './api/cluster-question.ts';
import {questionOf} from './api/question.ts';
import type {Cluster} from './cluster/cluster.ts';
import {checkCluster} from './diagnose/check/check-cluster.ts';
import {diagnose as ask} from './diagnose/diagnose.ts';
import type {Report} from './diagnose/report.ts';

export {openLive, type LiveOptions} from './api/live.ts';
export type {Asked} from './api/asked.ts';
export {exitCode} from './cli/exit-code.ts';
export type {Cluster} from './cluster/cluster.ts';
export {openRecording} from './cluster/recording/file.ts';
export type {Accepted, Outcome, Reach, Report, ReportedCheck, ReportedFinding, Status} from './diagnose/report.ts';
export {KdiagError} from './kdiag-error.ts';
export {version} from './version.ts';

/** Asks the question of a command, and gives the report of its `-o json`. Throws KdiagError when the question is wrong, and never for what a cluster does. */
export async function diagnose(cluster: Cluster & {readonly namespace?: string}, asked: Asked, onProgress?: (text: string) => void): Promise<Report> {
  return asked.command === 'check' ? checkCluster(cluster, clusterQuestionOf(asked), onProgress) : ask(cluster, questionOf(asked, cluster.namespace ?? 'default'), onProgress);
}
