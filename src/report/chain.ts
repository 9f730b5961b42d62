import type {Report, ReportedCheck} from '../diagnose/report.ts';
import {glyphOf, paintOf} from './marks.ts';
import {columns, pad, plain, wrap} from './plain.ts';
import type {Style} from './style.ts';

/** The chain, link by link: a line for each question that was asked, with what was seen, or where the answer is no. */
export function chainLines(report: Report, style: Style, wide: boolean): string[] {
  const margin = Math.max(...report.checks.map(({link}) => columns(link))) + 2;
  // of a whole cluster, what is well is counted
  const counted = report.services !== undefined;
  return linksOf(report.checks).flatMap(({link, checks}) => (wide ? checks.map((check): Group => [check]) : counted ? passedTogether(checks) : skippedTogether(checks)).flatMap((group, i) => {
    const {outcome} = group[0];
    const dim = outcome === 'skipped' ? style.faint : (text: string): string => text;
    const [first = '', ...rest] = wrap(plain(textOf(group, report)), style.width - margin - 2);
    return [
      `${style.strong(pad(i === 0 ? link : '', margin))}${paintOf(outcome, style)(glyphOf[outcome])} ${dim(first)}`,
      ...rest.map(line => `${' '.repeat(margin + 2)}${dim(line)}`),
    ];
  }));
}

type Group = readonly [ReportedCheck, ...ReportedCheck[]];

function textOf([check, ...others]: Group, report: Report): string {
  const {question, outcome, why, note} = check;
  switch (outcome) {
    case 'pass': return others.length > 0 ? `${others.length + 1} checks passed` : note === undefined ? question : `${question}: ${note}`;
    case 'skipped': return others.length === 0 ? `${question}: skipped, ${why}` : `${others.length + 1} questions skipped: ${why}`;
    case 'unknown': case 'crashed': return `${question}: could not tell${namesOf(check, report, '')}`;
    default: return `${question}${namesOf(check, report, ': no')}`;
  }
}

/** Which findings say no, and of which nodes, if they are about nodes: `: no on node1 (rules-hook-missing)`. */
function namesOf(check: ReportedCheck, report: Report, no: string): string {
  const found = report.findings.filter(({id, level}) => check.findings.includes(id) && level !== 'info');
  if (found.length === 0) return '';
  const nodes = [...new Set(found.filter(({subject}) => subject.kind === 'Node').map(({subject}) => subject.name))];
  const on = nodes.length === 0 ? '' : ` on ${nodes.length > 4 ? `${nodes.length} nodes` : nodes.join(', ')}`;
  return `${no}${on} (${[...new Set(found.map(({code}) => code))].join(', ')})`;
}

/** What was skipped for the same reason, one after the other, is told together. */
function skippedTogether(checks: readonly ReportedCheck[]): Group[] {
  const groups: Group[] = [];
  for (const check of checks) {
    const last = groups.at(-1);
    if (last !== undefined && check.outcome === 'skipped' && last[0].outcome === 'skipped' && last[0].why === check.why) groups[groups.length - 1] = [...last, check];
    else groups.push([check]);
  }
  return groups;
}

/** What passed comes first, told together; what was skipped is left out. */
function passedTogether(checks: readonly ReportedCheck[]): Group[] {
  const [first, ...others] = checks.filter(({outcome}) => outcome === 'pass');
  return [...(first === undefined ? [] : [[first, ...others] as const]), ...checks.filter(({outcome}) => outcome !== 'pass' && outcome !== 'skipped').map((check): Group => [check])];
}

function linksOf(checks: readonly ReportedCheck[]): {readonly link: string; readonly checks: readonly ReportedCheck[]}[] {
  return [...new Set(checks.map(({link}) => link))].map(link => ({link, checks: checks.filter(check => check.link === link)}));
}
