import type {Report} from '../diagnose/report.ts';
import type {Baseline} from './accepted-by.ts';
import {readReport} from './report-text.ts';
import {ownLevel} from './standing.ts';

/** What a report found, as the baseline of a later run. What it knew from its own baseline keeps the day of that one. */
export function baselineOf({findings, accepted = [], startedAt}: Report): Baseline {
  const since = `known since ${new Date(startedAt).toISOString().slice(0, 10)} (baseline)`;
  return new Map([
    ...accepted.map(({finding, by, reason}) => [finding.id, {level: ownLevel(finding), reason: by === 'baseline' ? reason.replace(/ \(follows from .*\)$/s, '') : since}] as const),
    ...findings.toReversed().map(finding => [finding.id, {level: ownLevel(finding), reason: since}] as const),
  ]);
}

/** Throws KdiagError(2) for what is no report. */
export function readBaseline(json: string, file: string): Baseline {
  return baselineOf(readReport(json, file));
}
