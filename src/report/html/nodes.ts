import type {Report} from '../../diagnose/report.ts';
import {plural} from './marks.ts';
import {cut, html, type Markup, nothing} from './markup.ts';
import {section, wideBox} from './page.ts';

type Line = NonNullable<Report['nodes']>[number];

const most = {shown: 100, folded: 1500, causes: 5};

/** A line for each node with something wrong; of many the others are folded. */
export function nodesTable({nodes, findings}: Report): Markup {
  if (nodes === undefined || nodes.length === 0) return nothing;
  const codes = new Map(findings.map(({id, code}) => [id, code]));
  const isWell = ({findings: own, rules, ready}: Line): boolean => own.length === 0 && ready && rules !== 'differ' && rules !== 'unread';
  const few = nodes.length <= 12;
  const [unwell, well] = [nodes.filter(node => !isWell(node)), nodes.filter(isWell)];
  const shown = few ? nodes : unwell.slice(0, most.shown);
  const left = few ? 0 : unwell.length - shown.length;
  return section('nodes', 'Nodes', html`
${shown.length === 0 ? html`<p class="lead">Nothing is wrong with any of the ${nodes.length} nodes.</p>` : table(shown, codes)}
${left === 0 ? nothing : html`<p class="note">${plural(left, 'more node', 'more nodes')} with something wrong, or not examined, ${left === 1 ? 'is' : 'are'} in the JSON report.</p>`}
${few || well.length === 0 ? nothing : html`<details class="quiet"><summary>${plural(well.length, 'node', 'nodes')} with nothing wrong</summary><ul class="chips">${well.slice(0, most.folded).map(({name}) => html`<li>${cut(name, 150)}</li>`)}${well.length > most.folded ? html`<li class="more">and ${well.length - most.folded} more</li>` : nothing}</ul></details>`}`, String(nodes.length));
}

function table(lines: readonly Line[], codes: ReadonlyMap<string, string>): Markup {
  return wideBox('Nodes', html`<table class="lines">
<thead><tr><th scope="col">Node</th><th scope="col">Status</th><th scope="col">kube-proxy</th><th scope="col">Mode</th><th scope="col">Rules</th><th scope="col" class="figure">Addresses lost</th><th scope="col">What is wrong</th></tr></thead>
<tbody>${lines.map(({name, ready, kubeProxy, mode, rules, ways, losing, findings}) => {
    const own = [...new Set(findings.map(id => codes.get(id) ?? id))];
    return html`
<tr><th scope="row">${cut(name, 150)}</th><td>${ready ? 'Ready' : html`<strong class="bad-text">NotReady</strong>`}</td><td>${cut(kubeProxy, 100)}</td><td>${mode === null ? html`<span class="faint">?<span class="unseen"> not known</span></span>` : cut(mode, 40)}</td><td>${rules === 'differ' ? html`<strong class="bad-text">differ</strong>` : rules}</td><td class="figure">${losing === 0 ? html`<span class="faint">${losing}</span>` : html`<strong class="bad-text">${losing}</strong>`} <span class="faint">of ${ways}</span></td><td>${own.slice(0, most.causes).map((code, i) => html`${i === 0 ? '' : ', '}<code class="code">${cut(code, 100)}</code>`)}${own.length > most.causes ? ` and ${own.length - most.causes} more` : ''}</td></tr>`;
  })}
</tbody></table>`);
}
