import type {Check} from '../../checks/check.ts';
import {type Finding, idOf} from '../../findings/finding.ts';
import type {Together} from '../causes.ts';
import type {Outcome} from '../report.ts';
import type {Ran} from '../run-checks.ts';
import type {Part} from './parts.ts';

/** Of several answers to one question the first of these counts: what is wrong anywhere is wrong. */
const gravity: readonly Outcome[] = ['fail', 'crashed', 'unknown', 'warn', 'pass', 'skipped'];
/** Reasons that are told; the rest is counted. */
const most = 5;

/** One answer to each check, whatever it was asked about; in the order of `checks`. */
export function mergedRuns(parts: readonly Part[], checks: readonly Check[]): Ran[] {
  const byCheck = Map.groupBy(parts.flatMap(({kind, service, ran}) => ran.map(own => ({kind, service, own}))), ({own}) => own.check);
  return checks.flatMap(check => {
    const answers = byCheck.get(check) ?? [];
    return answers.length === 0 ? [] : [merged(check, answers)];
  });
}

interface Answered extends Pick<Part, 'kind' | 'service'> {
  readonly own: Ran;
}

function merged(check: Check, answers: readonly Answered[]): Ran {
  const outcome = gravity.find(each => answers.some(({own}) => own.outcome === each)) ?? 'skipped';
  const same = answers.filter(({own}) => own.outcome === outcome);
  const untold = outcome === 'fail' ? untoldOf(answers) : '';
  return {
    check, outcome, ...(untold === '' ? {} : {untold}),
    why: ['unknown', 'crashed', 'skipped'].includes(outcome) ? reasons(same) : null,
    note: outcome === 'pass' ? noteOf(same) : null,
    findings: [...new Map(answers.flatMap(({own}) => own.findings).map(finding => [idOf(finding), finding] as const).toReversed()).values()].toReversed(),
    unknowns: answers.flatMap(({own}) => own.unknowns),
    ms: answers.reduce((sum, {own}) => sum + own.ms, 0),
  };
}

/** What could not be answered though something is wrong. */
function untoldOf(answers: readonly Answered[]): string {
  const unsure = answers.filter(({own}) => own.outcome === 'unknown' || own.outcome === 'crashed');
  return [...new Set([...answers.flatMap(({own}) => own.untold ?? []), ...(unsure.length === 0 ? [] : [reasons(unsure)])])].join('; ');
}

/** Of one question what it saw; of many alike how many they were. */
function noteOf(passed: readonly Answered[]): string | null {
  const others = passed.find(({kind}) => kind !== 'service');
  if (others !== undefined) return others.own.note;
  return passed.length === 1 ? passed[0]?.own.note ?? null : `of ${passed.length} Services`;
}

function reasons(answers: readonly Answered[]): string {
  const byReason = [...Map.groupBy(answers, ({own}) => own.why ?? 'no reason given')].sort(([, a], [, b]) => b.length - a.length);
  const [first] = byReason;
  if (first !== undefined && answers[0]?.own.outcome === 'skipped') return first[0];
  const told = byReason.slice(0, most).map(([why, own]) => (own.every(({kind}) => kind === 'service') ? `${own[0]?.service ?? ''}${own.length > 1 ? ` and ${own.length - 1} more Services` : ''}: ${why}` : why));
  return `${told.join('; ')}${byReason.length > most ? `; and ${byReason.length - most} more reasons` : ''}`;
}

/** Two findings are of one matter if an answer to one question holds both. The same finding may be in several. */
export function togetherIn(parts: readonly Part[]): Together {
  const where = new Map<string, Set<Part>>();
  for (const part of parts) for (const finding of part.ran.flatMap(({findings}) => findings)) where.set(idOf(finding), (where.get(idOf(finding)) ?? new Set()).add(part));
  const partsOf = (finding: Finding): ReadonlySet<Part> => where.get(idOf(finding)) ?? new Set();
  // what is found without a check, such as rights that kdiag lacked, is about all
  return (a, b) => {
    const [one, other] = [partsOf(a), partsOf(b)];
    return one.size === 0 || other.size === 0 || [...one].some(part => other.has(part));
  };
}
