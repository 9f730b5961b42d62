import type {Check, Result} from '../checks/check.ts';
import {type Answer, isKnown, type Unknown} from '../cluster/answer.ts';
import type {FactName, Learned} from '../facts/facts.ts';
import type {Finding, FindingOf, Subject} from '../findings/finding.ts';
import {levelOf} from '../findings/words.ts';
import type {Code} from '../findings/codes.ts';
import type {Outcome} from './report.ts';

export interface Ran {
  readonly check: Check;
  readonly outcome: Outcome;
  readonly why: string | null;
  readonly note: string | null;
  /** Of fail: what of the question could not be answered. */
  readonly untold?: string;
  readonly findings: readonly Finding[];
  /** What it could not be told from, for the report of lacking rights. */
  readonly unknowns: readonly Unknown[];
  readonly ms: number;
}

/** Runs one check on what was learned. A check that throws has crashed: that is its outcome, and never a pass. */
export function runCheck(check: Check, learned: Learned): Ran {
  const start = performance.now();
  const done = (outcome: Outcome, rest: Partial<Ran> = {}): Ran => ({check, outcome, why: null, note: null, findings: [], unknowns: [], ms: Math.round(performance.now() - start), ...rest});
  const answers = check.needs.map((name): readonly [FactName, Answer<unknown>] => [name, learned[name] ?? notLearned(name)]);
  const missing = answers.flatMap(([, answer]) => (isKnown(answer) ? [] : [answer.unknown]));
  if (missing.length > 0) return done('unknown', {why: reasons(missing.map(unknown => ({subject: null, unknown}))), unknowns: missing});
  const facts = Object.fromEntries([
    ...answers.flatMap(([name, answer]) => (isKnown(answer) ? [[name, answer.known] as const] : [])),
    ...check.hopes.map(name => [name, learned[name] ?? notLearned(name)] as const),
  ]);
  let result: Result;
  try {
    result = check.run(facts);
  } catch (error) {
    return done('crashed', {why: `this is a bug of kdiag: ${error instanceof Error ? error.message : String(error)}`});
  }
  const findings = byId(result.findings);
  const unknown = result.unknown ?? [];
  const rest = {findings, unknowns: unknown.map(each => each.unknown)};
  if (findings.some(finding => levelOf(finding) === 'error')) return done('fail', {...rest, ...(unknown.length === 0 ? {} : {untold: reasons(unknown)})});
  if (unknown.length > 0) return done('unknown', {...rest, why: reasons(unknown)});
  if (findings.some(finding => levelOf(finding) === 'warning')) return done('warn', rest);
  if (result.skipped !== undefined) return done('skipped', {...rest, why: result.skipped});
  return done('pass', {...rest, note: result.note || null});
}

function notLearned(name: FactName): {readonly unknown: Unknown} {
  return {unknown: {why: 'not-asked', detail: `${name} was not learned`}};
}

/** The same reason for several nodes is said once. */
function reasons(unknowns: readonly {readonly subject: Subject | null; readonly unknown: Unknown}[]): string {
  const bySentence = new Map<string, string[]>();
  for (const {subject, unknown} of unknowns) bySentence.set(unknown.detail, [...(bySentence.get(unknown.detail) ?? []), ...(subject === null ? [] : [subject.name])]);
  return [...bySentence].map(([detail, names]) => (names.every(name => detail.includes(name)) ? detail : `${names.join(', ')}: ${detail}`)).join('; ');
}

/** In a fixed order, whatever the order of the facts. */
function byId(findings: readonly FindingOf<Code>[]): Finding[] {
  return ([...findings] as Finding[]).sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

function key({code, subject}: Finding): string {
  return `${code} ${subject.kind} ${subject.namespace} ${subject.name}`;
}
