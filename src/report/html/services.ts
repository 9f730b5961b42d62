import type {Report} from '../../diagnose/report.ts';
import {shareText} from '../reach.ts';
import {mark, outcomeOf, plural} from './marks.ts';
import {cut, html, type Markup, nothing} from './markup.ts';
import {section, wideBox} from './page.ts';

type Line = NonNullable<Report['services']>[number];

const most = {shown: 150, folded: 1500, causes: 4};

/** A line for each Service that does not simply work; those that do are folded. */
export function servicesTable({services, findings}: Report): Markup {
  if (services === undefined || services.length === 0) return nothing;
  const codes = new Map(findings.map(({id, code}) => [id, code]));
  const [unwell, well] = [services.filter(({state}) => state !== 'works'), services.filter(({state}) => state === 'works')];
  const few = services.length <= 12;
  const shown = few ? services : unwell.slice(0, most.shown);
  const left = few ? 0 : unwell.length - shown.length;
  return section('services', 'Services', html`
${shown.length === 0 ? html`<p class="lead">All ${services.length} Services work, as far as was looked at.</p>` : table(shown, codes)}
${left === 0 ? nothing : html`<p class="note">${plural(left, 'more Service', 'more Services')} that do not work, or could not be told, ${left === 1 ? 'is' : 'are'} in the JSON report.</p>`}
${few || well.length === 0 ? nothing : html`<details class="quiet"><summary>${plural(well.length, 'Service works', 'Services work')}</summary><ul class="chips">${well.slice(0, most.folded).map(({namespace, name}) => html`<li>${cut(`${namespace}/${name}`, 150)}</li>`)}${well.length > most.folded ? html`<li class="more">and ${well.length - most.folded} more</li>` : nothing}</ul></details>`}`, String(services.length));
}

function table(lines: readonly Line[], codes: ReadonlyMap<string, string>): Markup {
  return wideBox('Services', html`<table class="lines">
<thead><tr><th scope="col">Service</th><th scope="col">Type</th><th scope="col">State</th><th scope="col" class="figure">Succeed, at worst</th><th scope="col">Because of</th></tr></thead>
<tbody>${lines.map(({namespace, name, type, state, predicted, causes}) => {
    const own = [...new Set(causes.map(id => codes.get(id) ?? id))];
    return html`
<tr><th scope="row"><span class="faint">${cut(namespace, 100)}/</span>${cut(name, 100)}</th><td>${cut(type, 40)}</td><td class="figure">${mark(outcomeOf(state), '')}${state}</td><td class="figure">${predicted === null ? html`<span class="faint">${state === 'works' ? '–' : '?'}<span class="unseen"> ${state === 'works' ? 'no rules are for it' : 'could not tell'}</span></span>` : shareText(predicted)}</td><td>${own.slice(0, most.causes).map((code, i) => html`${i === 0 ? '' : ', '}<code class="code">${cut(code, 100)}</code>`)}${own.length > most.causes ? ` and ${own.length - most.causes} more` : ''}</td></tr>`;
  })}
</tbody></table>`);
}
