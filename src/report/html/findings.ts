import type {Report} from '../../diagnose/report.ts';
import {evidenceList} from './evidence.ts';
import {levelTone, plural} from './marks.ts';
import {cut, html, type Markup, nothing} from './markup.ts';
import {section} from './page.ts';

const most = {findings: 300, evidence: 60, parts: 6, accepted: 200, reasons: 60, notes: 60};

/** Why something was not checked: each reason once, with the questions that it left open. */
export function untold({checks}: Report): Markup {
  const open = checks.filter(({outcome}) => outcome === 'unknown' || outcome === 'crashed');
  if (open.length === 0) return nothing;
  const reasons = [...Map.groupBy(open, ({why}) => why ?? 'no reason given')];
  return section('untold', 'Could not tell', html`<dl class="reasons">${reasons.slice(0, most.reasons).map(([why, own]) => html`<div><dt>${cut(why, 1500)}</dt>${own.map(({question}) => html`<dd>${question}</dd>`)}</div>`)}</dl>${reasons.length > most.reasons ? html`<p class="note">and ${reasons.length - most.reasons} more reasons in the JSON report</p>` : nothing}`);
}

/** Findings of level info: worth knowing to read the rest. */
export function notes({findings}: Report): Markup {
  const infos = findings.filter(({level}) => level === 'info');
  return infos.length === 0 ? nothing : section('notes', 'Worth knowing', html`<ul>${infos.slice(0, most.notes).map(({message}) => html`<li>${cut(message, 800)}</li>`)}${infos.length > most.notes ? html`<li>and ${infos.length - most.notes} more in the JSON report</li>` : nothing}</ul>`);
}

/** What somebody has accepted, and the report does not count. */
export function acceptedPart({accepted}: Report): Markup {
  if (accepted === undefined || accepted.length === 0) return nothing;
  return section('accepted', 'Accepted, and not counted', html`<details><summary>${plural(accepted.length, 'finding')}</summary><ul class="all">${accepted.slice(0, most.accepted).map(({finding, by, reason, expires}) => html`
<li class="${levelTone[finding.level]}"><p><span class="pill">${finding.level}</span> <code class="code">${finding.code}</code></p><p>${cut(finding.message, 800)}</p><p class="note">${by === 'baseline' ? 'In the baseline' : 'Suppressed'}: ${cut(reason, 500)}; ${expires === null ? 'without an end' : `until ${cut(expires, 20)}`}</p></li>`)}${accepted.length > most.accepted ? html`<li>and ${accepted.length - most.accepted} more in the JSON report</li>` : nothing}</ul></details>`);
}

/** Everything that was found, causes and what they explain, each with its evidence. */
export function allFindings({findings, verdict}: Report): Markup {
  if (findings.length === 0) return nothing;
  const roots = new Set(verdict.rootCauses.map(({id}) => id));
  const causes = new Map(findings.toReversed().flatMap(({code, explains}) => explains.map(id => [id, code] as const)));
  const role = (id: string, level: string): string => (roots.has(id) ? (level === 'error' ? 'root cause' : 'warning of its own') : causes.has(id) ? `explained by ${causes.get(id)}` : 'to read the rest');
  return section('findings', 'All findings', html`<details><summary>${plural(findings.length, 'finding')}, with evidence</summary><ul class="all">${findings.slice(0, most.findings).map(({id, code, level, subject, message, confidence, evidence}, i) => html`
<li class="${levelTone[level]}"><p><span class="pill">${level}</span> <code class="code">${code}</code> <span class="faint">${subject.kind} ${cut(`${subject.namespace === null ? '' : `${subject.namespace}/`}${subject.name}`, 200)}, ${confidence}, ${role(id, level)}</span></p><p>${cut(message, 800)}</p>${evidence.length === 0 || i >= most.evidence ? nothing : html`<details class="quiet"><summary>Evidence <span class="count">${evidence.length}</span></summary>${evidenceList(evidence, most.parts)}</details>`}</li>`)}${findings.length > most.findings ? html`<li>and ${findings.length - most.findings} more in the JSON report</li>` : nothing}</ul></details>`);
}
