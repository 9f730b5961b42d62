import type {ReportedFinding} from '../diagnose/report.ts';

/** `Kind/namespace/name`, as findings' ids have it. */
export function subjectPath({kind, namespace, name}: ReportedFinding['subject']): string {
  return [kind, ...(namespace === null ? [] : [namespace]), name].join('/');
}
