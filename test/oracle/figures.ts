import type {Verdict} from './audit.ts';

const outcomes = ['found', 'harmless', 'beside', 'refusal', 'undecided', 'missed'] as const;

/** Counts of outcomes for each kind of mutation, as a table for people. */
export function figures(verdicts: readonly Verdict[]): string {
  const kinds = [...new Set(verdicts.map(({mutation}) => mutation.kind))].sort();
  const row = (name: string, own: readonly Verdict[]): string => [name.padEnd(26), String(own.length).padStart(9), ...outcomes.map(outcome => String(own.filter(each => each.outcome === outcome).length).padStart(9))].join(' ');
  return [
    ['mutation'.padEnd(26), 'cases'.padStart(9), ...outcomes.map(outcome => outcome.padStart(9))].join(' '),
    ...kinds.map(kind => row(kind, verdicts.filter(({mutation}) => mutation.kind === kind))),
    row('all', verdicts),
  ].join('\n');
}

export function missText(seed: number, mode: string, {mutation, node, service, differences, codes, outcome}: Verdict): string {
  return [`seed ${seed}, ${mode}, ${node}: ${outcome}: ${mutation.kind}: ${mutation.what}`, ...differences.slice(0, 4).map(({what}) => `    ${service}: ${what}`), ...(differences.length > 4 ? [`    and ${differences.length - 4} more`] : []), ...(codes.length > 0 ? [`    says ${codes.join()}`] : [])].join('\n');
}
