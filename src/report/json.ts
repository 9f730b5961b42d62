import type {DiffReport} from '../diagnose/diff-report.ts';
import type {Report} from '../diagnose/report.ts';
import type {ResolveReport} from '../diagnose/resolve-report.ts';
import type {TraceReport} from '../diagnose/trace-report.ts';

export function renderJson(report: Report | TraceReport | ResolveReport | DiffReport): string {
  return jsonText(report);
}

/** Characters that could move a terminal's cursor are escaped, as JSON allows: the values stay what they are. */
export function jsonText(value: object): string {
  const json = JSON.stringify(value, null, 2).replace(/[\u007f-\u009f\p{Cf}\u2028\u2029]/gu, char => char.replace(/[^]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`));
  return `${json}\n`;
}
