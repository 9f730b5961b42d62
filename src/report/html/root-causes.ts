import type {Report, ReportedFinding} from '../../diagnose/report.ts';
import {shareText} from '../reach.ts';
import {findingsAlike} from '../root-causes.ts';
import {evidenceList} from './evidence.ts';
import {levelTone, plural} from './marks.ts';
import {cut, html, type Markup, nothing, raw} from './markup.ts';
import {section} from './page.ts';

/** Of a report that is broken in a thousand ways the first ones are enough to begin with. */
const most = {blocks: 30, effects: 30, breaks: 24, folded: 300, same: 20, remedy: 12};

/** A block for each root cause, errors first. The same on several nodes is one block. */
export function rootCauses({verdict, findings}: Report): Markup {
  const groups = findingsAlike(verdict.rootCauses);
  if (groups.length === 0) return nothing;
  const byId = new Map(findings.map(each => [each.id, each]));
  const errors = groups.filter(([{level}]) => level === 'error').length;
  const shown = groups.slice(0, most.blocks);
  const left = groups.slice(most.blocks);
  const title = errors === 0 ? 'Warnings' : errors === groups.length ? (errors === 1 ? 'Root cause' : 'Root causes') : 'Root causes and warnings';
  return section('causes', title, html`${shown.map((group, i) => block(group, group[0].level !== 'error' ? 'Warning' : errors > 1 ? `Root cause ${i + 1}` : 'Root cause', byId, i))}
${left.length === 0 ? nothing : html`<details class="quiet"><summary>${plural(left.length, 'more', 'more')}, in one line each</summary><ul class="plain">${left.slice(0, most.folded).map(([{code, message}]) => html`<li><code>${code}</code> ${cut(message, 300)}</li>`)}${left.length > most.folded ? html`<li>and ${left.length - most.folded} more in the JSON report</li>` : nothing}</ul></details>`}`);
}

function block([finding, ...others]: readonly [ReportedFinding, ...ReportedFinding[]], title: string, byId: ReadonlyMap<string, ReportedFinding>, i: number): Markup {
  const {code, level, confidence, message, evidence, remedy, explains, breaks} = finding;
  const nodes = [finding, ...others].map(({subject}) => subject.name);
  return html`<article class="cause ${levelTone[level]}" id="cause-${i + 1}" aria-labelledby="cause-${i + 1}-title">
<h3 id="cause-${i + 1}-title"><span class="kind">${title}</span> <code>${code}</code> <span class="pill">${confidence}</span></h3>
<p class="message">${cut(message, 1500)}</p>
${remedy.length === 0 ? nothing : html`<h4>What to type</h4>${typed(remedy)}`}
${others.length === 0 ? nothing : html`<details class="quiet"><summary>The same on ${nodes.length > 5 ? `${nodes.slice(1, 4).join(', ')} and ${nodes.length - 4} more nodes` : nodes.slice(1).join(', ')}</summary>${others.slice(0, most.same).map(other => html`<div class="same"><p>${cut(other.message, 600)}</p>${typed(other.remedy)}</div>`)}${others.length > most.same ? html`<p class="note">and ${others.length - most.same} more in the JSON report</p>` : nothing}</details>`}
${provenBy(finding)}
${breaks === undefined ? nothing : html`<h4>Services that lose connections by it <span class="count">${breaks.length}</span></h4>${chips(breaks)}`}
${evidence.length === 0 ? nothing : html`<details><summary>Evidence <span class="count">${evidence.length}</span></summary>${evidenceList(evidence)}</details>`}
${explains.length === 0 ? nothing : html`<details><summary>This explains <span class="count">${explains.length}</span></summary><ul class="plain">${explains.slice(0, most.effects).map(id => html`<li>${cut(byId.get(id)?.message ?? id, 600)}</li>`)}${explains.length > most.effects ? html`<li class="more">and ${explains.length - most.effects} more</li>` : nothing}</ul></details>`}
<p class="note">More: <code>kdiag explain ${code}</code></p>
</article>`;
}

/** Each command is picked up whole by one click; remarks are not. */
function typed(remedy: readonly string[]): Markup {
  return remedy.length === 0 ? nothing : html`<pre class="type">${remedy.slice(0, most.remedy).map(line => (line.startsWith('#') ? html`<span class="remark">${raw(cut(line, 2000))}</span>\n` : html`<code>${raw(cut(line, 2000))}</code>\n`))}</pre>`;
}

/** What the model says of the remedy: the reason why a cause is called proven, or is not. */
function provenBy({counterfactual}: ReportedFinding): Markup {
  if (counterfactual === undefined) return nothing;
  const {before, after, withOthers} = counterfactual;
  return html`<p class="note">${withOthers ? 'With this and the other faults of the node mended' : 'With this mended'}, the walk through its rules succeeds for <strong>${shareText(after)}</strong> of these connections${before === after ? '' : `, now for ${shareText(before)}`}${after < 1 ? ': something else is in the way as well' : ''}.</p>`;
}

function chips(names: readonly string[]): Markup {
  const list = (some: readonly string[]): Markup => html`<ul class="chips">${some.map(name => html`<li>${cut(name, 150)}</li>`)}</ul>`;
  const rest = names.slice(most.breaks);
  return html`${list(names.slice(0, most.breaks))}${rest.length === 0 ? nothing : html`<details class="quiet"><summary>and ${rest.length} more</summary>${list(rest.slice(0, most.folded))}${rest.length > most.folded ? html`<p class="note">and ${rest.length - most.folded} more in the JSON report</p>` : nothing}</details>`}`;
}
