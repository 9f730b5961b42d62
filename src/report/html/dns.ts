import type {MatrixCell, ReportedLookup, ReportedPlace} from '../../diagnose/dns-report.ts';
import type {Report} from '../../diagnose/report.ts';
import {plural} from './marks.ts';
import {cut, html, type Markup, nothing} from './markup.ts';
import {section, wideBox} from './page.ts';

const most = {resolvers: 12, lookups: 10, servers: 24, rows: 24};

/** What was seen of name resolution, in brief: resolv.conf, who answers whom, and the lookups folded. */
export function dnsPart({dns}: Report): Markup {
  if (dns === undefined) return nothing;
  const {domain, resolvers, lookups, matrix} = dns;
  const alike = [...Map.groupBy(resolvers, ({at, source, nameservers, search, options}) => JSON.stringify([at.kind, source, nameservers, search, options])).values()];
  const shown = [...Map.groupBy(lookups, ({name, libc, outcome, candidates}) => JSON.stringify([name, libc, outcome, candidates.map(each => [each.name, each.asked, each.answers.map(({type, said}) => [type, said])])])).values()];
  return section('dns', 'Name resolution', html`<p class="lead">The cluster’s domain is <code>${cut(domain, 200)}</code>.</p>
${answers(matrix)}
${alike.length === 0 ? nothing : html`<details><summary>resolv.conf <span class="count">${alike.length}</span></summary><ul class="plain">${alike.slice(0, most.resolvers).map(group => {
    const {source, nameservers, search, options} = group[0]!;
    return html`<li><strong>${placesText(group.map(({at}) => at))}</strong>: ${source === 'none' ? 'not known' : cut(`nameserver ${nameservers.join(' ')}, search ${search.join(' ') || 'nothing'}${options.length === 0 ? '' : `, ${options.join(' ')}`}${source === 'expected' ? ' (as the kubelet should have written it)' : ''}`, 1000)}</li>`;
  })}${alike.length > most.resolvers ? html`<li>and ${alike.length - most.resolvers} more</li>` : nothing}</ul></details>`}
${shown.length === 0 ? nothing : html`<details><summary>Lookups, candidate by candidate <span class="count">${shown.length}</span></summary>${shown.slice(0, most.lookups).map(group => lookupOf(group))}${shown.length > most.lookups ? html`<p class="note">and ${shown.length - most.lookups} more in the JSON report</p>` : nothing}</details>`}`);
}

const kinds = {vip: 'DNS Service', pod: 'CoreDNS pod', nameserver: 'nameserver', upstream: 'upstream'} as const;

/** A row for each server and protocol; places that heard the same are put together. */
function answers(matrix: readonly MatrixCell[]): Markup {
  if (matrix.length === 0) return nothing;
  const servers = [...Map.groupBy(matrix, ({to, question, protocol}) => JSON.stringify([to.kind, to.name, question.name, protocol])).values()];
  const rows = servers.flatMap(cells => [...Map.groupBy(cells, ({via, tries, answered, failures}) => JSON.stringify([via === null, tries, answered, failures])).values()]);
  const worth = (cells: readonly MatrixCell[]): number => (cells[0]!.via === null || cells[0]!.tries === 0 ? 2 : cells[0]!.answered / cells[0]!.tries);
  const sorted = rows.length <= most.rows ? rows : rows.toSorted((a, b) => worth(a) - worth(b));
  return html`${wideBox('Who answers', html`<table class="lines"><caption>Who answers: answered of asked</caption>
<thead><tr><th scope="col">Server</th><th scope="col">Question</th><th scope="col">Over</th><th scope="col" class="figure">Answered</th><th scope="col" class="figure">Slowest</th><th scope="col">Asked from</th></tr></thead>
<tbody>${sorted.slice(0, most.rows).map(cells => {
    const {to, question, protocol, via, tries, answered, failures} = cells[0]!;
    const slowest = Math.max(-1, ...cells.flatMap(({ms}) => ms?.most ?? []));
    const [failure] = Object.keys(failures);
    const shade = via === null ? 'hu' : answered === tries ? 'h4' : answered === 0 ? 'h0' : 'h2';
    return html`
<tr><th scope="row"><span class="faint">${kinds[to.kind]}</span> ${cut(to.name, 150)}</th><td>${cut(question.name, 150)}</td><td>${protocol}</td><td class="figure"><span class="cell ${shade}">${via === null ? html`?<span class="unseen"> not asked</span>` : `${answered}/${tries}`}</span>${failure === undefined ? '' : ` ${cut(failure.replaceAll('-', ' '), 60)}`}</td><td class="figure">${slowest < 0 ? '' : `${slowest} ms`}</td><td>${placesText(cells.map(({from}) => from))}</td></tr>`;
  })}
</tbody></table>`)}${rows.length > most.rows ? html`<p class="note">and ${rows.length - most.rows} more rows, which fare no worse, in the JSON report</p>` : nothing}`;
}

function lookupOf(group: readonly ReportedLookup[]): Markup {
  const {name, libc, outcome, winner, queries, candidates} = group[0]!;
  const end = outcome === null ? 'not every answer is known' : `${outcome.replaceAll('-', ' ')}${winner === null ? '' : ` as ${winner}.`}, ${plural(queries ?? 0, 'query', 'queries')}`;
  return html`<h3>${cut(name, 200)}</h3><p>by ${libc === 'busybox' ? 'busybox’s nslookup' : libc} in ${placesText(group.map(({at}) => at))}: ${cut(end, 400)}</p>
<ol class="steps">${candidates.map(({name: candidate, asked, answers}) => html`<li${asked ? nothing : html` class="faint"`}><code>${cut(candidate, 260)}.</code> ${cut(answers.map(({type, said}) => `${type} ${said}`).join(', '), 300)}${asked ? '' : ' (not reached)'}</li>`)}</ol>`;
}

/** At most three by name. */
function placesText(places: readonly ReportedPlace[]): string {
  const names = [...new Set(places.map(({kind, namespace, name}) => (kind === 'Node' ? name : `${namespace}/${name}`)))];
  return cut(names.length <= 3 ? names.join(', ') : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`, 300);
}
