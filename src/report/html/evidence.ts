import type {ReportedFinding} from '../../diagnose/report.ts';
import {cut, html, type Markup, nothing, raw} from './markup.ts';

const most = {parts: 16, characters: 2000};

/** Raw, so that it is found again with grep; pieces from the same place stand together. */
export function evidenceList(evidence: ReportedFinding['evidence'], parts = most.parts): Markup {
  const shown = evidence.slice(0, parts);
  const places = shown.reduce<{readonly from: string; readonly texts: string[]}[]>((all, {from, text}) => {
    if (all.at(-1)?.from === from) all.at(-1)?.texts.push(text);
    else all.push({from, texts: [text]});
    return all;
  }, []);
  return html`<div class="evidence">${places.map(({from, texts}) => html`<figure><figcaption>${cut(from, 300)}</figcaption><pre>${texts.map(text => html`<code>${raw(cut(text, most.characters))}</code>\n`)}</pre></figure>`)}${evidence.length > shown.length ? html`<p class="note">and ${evidence.length - shown.length} more in the JSON report</p>` : nothing}</div>`;
}
