import type {Report, ReportedFinding} from '../diagnose/report.ts';
import {plain, wrap} from './plain.ts';
import {shareText} from './reach.ts';
import type {Style} from './style.ts';

/** How much of one root cause is shown unless all is asked for. */
const most = {evidence: 8, effects: 4, services: 8};

/** A block per root cause. The same on further nodes is only named: what to type differs by the node's name. */
export function rootCauseLines(report: Report, style: Style, wide: boolean): string[][] {
  const groups = wide ? report.verdict.rootCauses.map((finding): Group => [finding]) : findingsAlike(report.verdict.rootCauses);
  const several = groups.filter(([{level}]) => level === 'error').length > 1;
  // Errors come first. What works is not broken: a warning has no root cause, it is one.
  return groups.map((group, i) => block(group, group[0].level !== 'error' ? 'Warning' : several ? `Root cause ${i + 1}` : 'Root cause', report, style, wide));
}

type Group = readonly [ReportedFinding, ...ReportedFinding[]];

function block(group: Group, title: string, report: Report, style: Style, wide: boolean): string[] {
  const [finding, ...others] = group;
  const mark = finding.level === 'error' ? style.bad : style.caution;
  return [
    `${mark(`${title}: ${finding.code}`)}${finding.confidence === 'proven' ? '' : ` ${style.faint(`(${finding.confidence})`)}`}`,
    ...prose(finding.message, 2, style),
    ...(others.length === 0 ? [] : prose(`The same on ${others.map(({subject}) => subject.name).join(', ')} (all of it: -o wide)`, 2, style)),
    ...breaksLines(group, style, wide),
    ...evidenceLines(finding, style, wide),
    ...(finding.remedy.length === 0 ? [] : [`  ${style.strong('What to type')}`, ...finding.remedy.map(line => `    ${line.startsWith('#') ? style.faint(plain(line)) : plain(line)}`)]),
    ...provenLines(finding, style),
    ...effectLines(finding, report, style, wide),
    ...prose(`More: kdiag explain ${finding.code}`, 2, style).map(style.faint),
  ];
}

/** The Services that lose connections by it, of `kdiag check`. */
function breaksLines(group: Group, style: Style, wide: boolean): string[] {
  const services = [...new Set(group.flatMap(({breaks = []}) => breaks))];
  if (services.length === 0) return [];
  const shown = wide ? services : services.slice(0, most.services);
  const rest = services.length - shown.length;
  return prose(`Services that lose connections by it: ${shown.join(', ')}${rest === 0 ? '' : ` and ${rest} more (-o wide)`}`, 2, style);
}

/** Raw, and so never wrapped: a rule must be found again with grep. */
function evidenceLines({evidence}: ReportedFinding, style: Style, wide: boolean): string[] {
  if (evidence.length === 0) return [];
  const shown = wide ? evidence : evidence.slice(0, most.evidence);
  return [
    `  ${style.strong('Evidence')}`,
    ...shown.flatMap(({from, text}, i) => [
      ...(shown[i - 1]?.from === from ? [] : [`    ${style.faint(plain(from))}`]),
      ...plain(text, 'many').split('\n').map(line => `      ${line}`),
    ]),
    ...(evidence.length > shown.length ? [`    ${style.faint(`and ${evidence.length - shown.length} more (-o wide)`)}`] : []),
  ];
}

/** What the model says of the remedy: the reason why a cause is called proven, or is not. */
function provenLines({counterfactual}: ReportedFinding, style: Style): string[] {
  if (counterfactual === undefined) return [];
  const {before, after, withOthers} = counterfactual;
  const what = withOthers ? 'With this and the other faults of the node mended' : 'With this mended';
  return prose(`${what}, the walk through its rules succeeds for ${shareText(after)} of these connections${before === after ? '' : `, now for ${shareText(before)}`}${after < 1 ? ': something else is in the way as well' : ''}`, 2, style).map(style.faint);
}

function effectLines({explains}: ReportedFinding, report: Report, style: Style, wide: boolean): string[] {
  if (explains.length === 0) return [];
  const shown = wide ? explains : explains.slice(0, most.effects);
  return [
    `  ${style.strong('This explains')}`,
    ...shown.flatMap(id => prose(report.findings.find(each => each.id === id)?.message ?? id, 4, style)),
    ...(explains.length > shown.length ? [`    ${style.faint(`and ${explains.length - shown.length} more (-o wide)`)}`] : []),
  ];
}

/** By code, of findings about nodes. */
export function findingsAlike(findings: readonly ReportedFinding[]): Group[] {
  const groups = new Map<string, Group>();
  for (const finding of findings) {
    const {code, level, subject} = finding;
    const key = subject.kind === 'Node' ? `${code} ${level}` : finding.id;
    const group = groups.get(key);
    groups.set(key, group === undefined ? [finding] : [...group, finding]);
  }
  return [...groups.values()];
}

function prose(text: string, indent: number, style: Style): string[] {
  return wrap(plain(text), style.width - indent).map(line => `${' '.repeat(indent)}${line}`);
}
