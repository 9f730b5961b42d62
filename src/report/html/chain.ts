import type {Report, ReportedCheck} from '../../diagnose/report.ts';
import {glyphOf} from '../marks.ts';
import {mark, toneOf, wordOf, worstOf} from './marks.ts';
import {cut, html, type Markup, nothing} from './markup.ts';
import {section} from './page.ts';

/** The links in order, each with the worst of its outcomes; the questions that were asked are folded under it. */
export function chain(report: Report): Markup {
  const {checks} = report;
  if (checks.length === 0) return nothing;
  const codes = new Map(report.findings.filter(({level}) => level !== 'info').map(({id, code, subject}) => [id, {code, node: subject.kind === 'Node' ? subject.name : null}]));
  const links = [...Map.groupBy(checks, ({link}) => link)];
  return section('chain', 'The chain, link by link', html`<ol class="chain">${links.map(([link, own]) => {
    const outcome = worstOf(own.map(each => each.outcome));
    return html`
<li class="${toneOf[outcome]}"><details><summary>${mark(outcome, wordOf[outcome])}<span class="link">${link}</span> <span class="gist">${gistOf(own)}</span></summary>
<ul class="questions">${own.map(check => question(check, codes))}</ul></details></li>`;
  })}
</ol>`);
}

/** In a few words: the first question that was answered with no, or how many were answered with yes. */
function gistOf(checks: readonly ReportedCheck[]): string {
  const of = (...outcomes: readonly ReportedCheck['outcome'][]): readonly ReportedCheck[] => checks.filter(({outcome}) => outcomes.includes(outcome));
  const [failed, warned, untold, passed, skipped] = [of('fail'), of('warn'), of('unknown', 'crashed'), of('pass'), of('skipped')];
  const told = (group: readonly ReportedCheck[], word: string): string[] => (group.length === 0 ? [] : [`${word}: ${group[0]!.question}${group.length === 1 ? '' : `, and ${group.length - 1} more`}`]);
  const bad = [...told(failed, 'no'), ...told(warned, 'not quite'), ...told(untold, 'could not tell')];
  if (bad.length > 0) return bad.join('; ');
  if (passed.length === 0) return skipped.length === 1 ? 'skipped' : `${skipped.length} questions skipped`;
  return `${passed.length === 1 ? 'yes' : `${passed.length} of ${passed.length} yes`}${skipped.length === 0 ? '' : `, ${skipped.length} skipped`}`;
}

function question({question, outcome, why, note, findings}: ReportedCheck, codes: ReadonlyMap<string, {readonly code: string; readonly node: string | null}>): Markup {
  const found = findings.flatMap(id => codes.get(id) ?? []);
  const nodes = [...new Set(found.flatMap(({node}) => node ?? []))];
  const on = nodes.length === 0 ? '' : ` on ${nodes.length > 4 ? `${nodes.length} nodes` : nodes.join(', ')}`;
  const said = outcome === 'pass' ? note : outcome === 'fail' ? `no${on}` : outcome === 'warn' ? `not quite${on}` : `${wordOf[outcome]}${why === undefined ? '' : `: ${why}`}`;
  return html`<li class="${toneOf[outcome]}"><span class="mark ${toneOf[outcome]}" aria-hidden="true">${glyphOf[outcome]}</span><span>${question}${said === undefined ? html`<span class="unseen">: yes</span>` : html`<span class="said">${outcome === 'pass' ? html`<span class="unseen">yes: </span>` : nothing}${cut(said, 1000)}</span>`}${[...new Set(found.map(({code}) => code))].map(code => html` <code class="code">${code}</code>`)}</span></li>`;
}
