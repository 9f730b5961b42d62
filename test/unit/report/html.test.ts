import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Reach, Report} from '../../../src/diagnose/report.ts';
import {renderHtml} from '../../../src/report/html.ts';
import {cut} from '../../../src/report/html/markup.ts';
import {gridOf} from '../../../src/report/html/reach-grid.ts';
import {commonEnd} from '../../../src/report/html/short-names.ts';
import {cases, diagnoseCase} from '../../cases/case.ts';
import {worldOf} from '../../cases/world.ts';
import {clusterReport, demoReport, hostileReport, largeReport, nasty} from './page-reports.ts';
import {type Element, find, type Page, readPage} from './page-tree.ts';
import {brokenReport, dnsReport, healthyReport, missing, nodesReport, stale, unknownReport} from './reports.ts';
import {complaintsAbout} from './schema.ts';

const cluster = await clusterReport();
const pageOf = (report: Report): Page => readPage(renderHtml(report));

const reports: [string, Report][] = [
  ...await Promise.all(cases.filter(({folder}) => folder === 'codes').map(async (each): Promise<[string, Report]> => [each.file, await diagnoseCase(each, worldOf(each.change ?? [], each.world))])),
  ['the demo', await demoReport('one-node-lost-its-rules', 'hostnames', 'default')], ['a traced demo', await demoReport('half-the-connections-fail', 'nginx-web-server', 'web-system', true)],
  ['healthy by hand', healthyReport], ['broken by hand', brokenReport], ['unknown by hand', unknownReport], ['nothing examined', {...unknownReport, checks: [], reach: []}], ['nodes by hand', nodesReport], ['dns by hand', dnsReport],
  ['a whole cluster', cluster], ['60 nodes', largeReport(60, 200)], ['hostile', await hostileReport()],
];

test('the samples are reports', () => {
  for (const report of [cluster, largeReport(20, 30)]) assert.deepEqual(complaintsAbout(report), []);
});

for (const [name, report] of reports) {
  test(`${name}: valid, self-contained, in order, and always the same`, () => {
    const html = renderHtml(report);
    const page = readPage(html);
    assert.deepEqual(page.errors, []);
    assert.deepEqual(loaded(page), []);
    assert.deepEqual(unlabelled(page), []);
    const levels = page.all.filter(({tag}) => /^h[1-6]$/.test(tag)).map(({tag}) => Number(tag[1]));
    assert.deepEqual(levels.filter(level => level === 1), [1]);
    assert.deepEqual(levels.filter((level, i) => level > (levels[i - 1] ?? 0) + 1), [], 'no level is left out');
    const [head] = page.find('h1');
    assert.ok(head !== undefined && head.text.startsWith(report.verdict.summary.slice(0, 8)));
    assert.doesNotMatch(html, /undefined|\[object|NaN|Infinity/);
    assert.doesNotMatch(html, /[^\P{Cc}\n]|[\p{Cf}\p{Cs}\u2028\u2029]/u, 'no control character is left');
    assert.equal(renderHtml(structuredClone(report)), html);
    if (name === 'hostile') return;
    const text = page.find('main')[0]?.text ?? '';
    for (const {code, message} of report.verdict.rootCauses) assert.ok(text.includes(code) && text.includes(`kdiag explain ${code}`) && text.includes(message.replaceAll('\n', ' ')), code);
    for (const {outcome, question, why} of report.checks) assert.ok(text.includes(question) && (outcome !== 'unknown' || text.includes(why ?? '')), question);
  });
}

/** What could make a browser fetch or run something. */
function loaded({all, find}: Page): string[] {
  const ids = new Set(all.flatMap(({attributes}) => attributes.get('id') ?? []));
  const known = new Set('html head meta link title style body header main footer section article h1 h2 h3 h4 p span b strong small code pre ul ol li dl dt dd div figure figcaption details summary table caption thead tbody tr th td a time svg g rect path text'.split(' '));
  return [
    ...all.filter(({tag}) => !known.has(tag)).map(({tag}) => `<${tag}>`),
    ...all.flatMap(({tag, attributes}) => [...attributes].flatMap(([key, value]) => (/^(on.*|src|srcset|style|action|formaction|data|poster|xlink:href|ping|background)$/.test(key) || (key === 'href' && !(tag === 'a' && ids.has(value.slice(1)) && value.startsWith('#')) && !(tag === 'link' && value === 'data:,')) ? [`${tag} ${key}=${value}`] : []))),
    ...find('style').flatMap(({text}) => [...text.matchAll(/url\(|@import|@font-face|https?:/g)].map(([what]) => what)),
    ...(find('style').length === 1 && find('meta').some(({attributes}) => attributes.get('http-equiv') === 'Content-Security-Policy' && attributes.get('content')?.startsWith("default-src 'none'; style-src 'unsafe-inline'; img-src data:") === true) ? [] : ['policy']),
  ];
}

/** What a screen reader could not make sense of. */
function unlabelled({all, find: tags}: Page): string[] {
  const ids = all.flatMap(({attributes}) => attributes.get('id') ?? []);
  return [
    ...(tags('html')[0]?.attributes.get('lang') === 'en' ? [] : ['no language']),
    ...ids.filter((id, i) => ids.indexOf(id) !== i).map(id => `two of #${id}`),
    ...all.flatMap(({attributes}) => attributes.get('aria-labelledby') ?? []).filter(id => !ids.includes(id)).map(id => `no #${id}`),
    ...tags('th').filter(({attributes}) => !['row', 'col'].includes(attributes.get('scope') ?? '')).map(({text}) => `no scope: ${text}`),
    ...tags('svg').filter(({attributes, all: own}) => attributes.get('role') !== 'img' || (find(own, 'title')[0]?.text ?? '') === '').map(() => 'a drawing without a title'),
    ...tags('details').filter(({children: [first]}) => first?.tag !== 'summary' || first.text.trim() === '').map(() => 'details without a summary'),
    ...tags('table').flatMap(table => {
      const columns = find(table.all, 'tr').map(row => row.children.length);
      return new Set(columns).size === 1 ? [] : [`rows of ${columns.join(', ')} cells`];
    }),
    ...tags('td').filter(({text}) => text.trim() === '').filter(({attributes}) => /^h|none/.test(attributes.get('class') ?? '')).map(() => 'a shade alone'),
  ];
}

test('hostile text changes nothing of the page but its text', async () => {
  const [page, other] = [pageOf(await hostileReport()), pageOf(await hostileReport(nasty.replaceAll(/[<>&"'`\p{Cc}\p{Cf}]|\p{Cs}|\p{Noncharacter_Code_Point}/gu, 'x')))];
  // In a drawing a text that is cut has a title, and wide characters are cut sooner.
  const shape = ({all}: Page): string[] => all.filter(({tag}) => tag !== 'title').map(({tag, attributes}) => `${tag} ${[...attributes.keys()].join(' ')} ${attributes.get('class')}`);
  assert.deepEqual(shape(page), shape(other));
  const text = page.find('main')[0]?.text ?? '';
  for (const shown of ['<script>alert(1)</script>', '<img src=x onerror=alert(2)>', '\\x1b[31mred\\x07', '\\u{202e}gnp.exe', '\\x00', '\\u{d800}', '\\u{fdd0}', '&lt;b&gt; &#0;']) assert.ok(text.includes(shown), shown);
});

test('the verdict: status, summary, where, when, by what', () => {
  const [header] = pageOf(cluster).find('header');
  const text = header?.text.replaceAll(/\s+/g, ' ') ?? '';
  for (const shown of ['✘ Broken', cluster.verdict.summary, 'prod-eu-west-1', 'v1.36.3', '2026-11-21 06:02 UTC', 'in 8.4 s', 'kdiag check', '1.4.0']) assert.ok(text.includes(shown), shown);
  assert.equal(pageOf(healthyReport).find('header', 'good').length, 1);
  assert.equal(pageOf(healthyReport).find('title')[0]?.text, '✔ Healthy: production – kdiag');
  assert.match(pageOf({...healthyReport, command: {name: 'svc', args: {service: 'cart', namespace: 'shop'}}}).find('header')[0]?.text ?? '', /kdiag svc cart --namespace=shop/);
});

const texts = (elements: readonly Element[]): string[] => elements.map(({text}) => text.replaceAll(/\s+/g, ' ').trim());

test('at a glance: what is the same on several nodes counts once', () => {
  assert.deepEqual(texts(pageOf(cluster).find('ul', 'tiles')[0]!.children), ['2 root causes and 1 warning', '2 Services broken of 7, 1 degraded', '2 nodes with trouble of 6', '57 answered yes of 61 asked', '1 not answered', '1 finding accepted']);
  assert.deepEqual(texts(pageOf(healthyReport).find('ul', 'tiles')[0]!.children), ['1 answered yes of 1 asked']);
});

test('a root cause: its message, what to type, what proves it, whom it breaks, what it explains, where else it is', () => {
  const causes = pageOf(cluster).find('article', 'cause');
  assert.deepEqual(texts(causes.flatMap(({all}) => find(all, 'h3'))), ['Root cause 1 cni-on-wrong-interface likely', 'Root cause 2 rules-stale-endpoint proven', 'Warning coredns-single-point-of-failure likely']);
  const [first, second] = causes;
  assert.deepEqual(texts(find(first!.all, 'ul', 'chips')[0]!.children), ['web-system/nginx-web-server', 'shop/checkout', 'monitoring/grafana']);
  assert.equal(find(find(first!.all, 'pre', 'type')[0]!.all, 'code').length, 1, 'remarks are no commands');
  const folded = texts(find(second!.all, 'details'));
  assert.match(folded[0]!, /^The same on node3 ?node3 sends 33 % .*kubectl delete pod/);
  assert.match(folded[1]!, /^Evidence 1 ?node1: iptables-nft, nat ?-A KUBE-SEP-ABCDEFGHIJKLMNOP .* --to-destination 10\.244\.1\.99:8080$/);
  assert.match(folded[2]!, /^This explains 1 ?On node1 the rules of Service shop\/cart lack 10\.244\.1\.3:8080, which is ready$/);
  assert.match(second!.text, /With this mended, the walk through its rules succeeds for 100 % of these connections, now for 66\.7 %/);
});

test('the way of a packet is marked where the first root cause’s check stands, and nowhere if nothing is broken', () => {
  const marked = (report: Report): string[] => pageOf(report).find('g', 'here').map(({all}) => texts(find(all, 'text'))[0] ?? '');
  assert.deepEqual(marked(brokenReport), ['Node’s rules', 'Node’s rules']);
  assert.deepEqual(marked(cluster), ['Pod network', 'Pod network']);
  assert.deepEqual(marked(healthyReport), []);
  assert.deepEqual(marked(unknownReport), []);
  const symptomOnly: Report = {...brokenReport, checks: brokenReport.checks.map(check => ({...check, findings: check.findings.filter(id => id !== stale.id)}))};
  assert.deepEqual(marked(symptomOnly), ['Node’s rules', 'Node’s rules'], 'by the check of what it explains');
  const path = pageOf(brokenReport).part('path');
  assert.match(path.text, /broken at “Node’s rules”, by rules-stale-endpoint\./);
  assert.equal(find(find(path.all, 'svg', 'wide-path')[0]!.all, 'path', 'lost').length, 4, 'two arrows, each a line and a head, after the break');
  const upstream: Report = {...brokenReport, checks: brokenReport.checks.map(check => ({...check, link: check.link === 'Node rules' ? 'Endpoints' : check.link}))};
  assert.equal(find(find(pageOf(upstream).part('path').all, 'svg', 'wide-path')[0]!.all, 'path', 'lost').length, 8, 'to kube-proxy, down to the rules, and on');
});

test('the map of reach: worst first, every figure printed', () => {
  const table = find(pageOf(cluster).part('reach').all, 'table')[0]!;
  const [head, ...rows] = find(table.all, 'tr').map(({children}) => texts(children));
  assert.deepEqual(head, ['Address', 'cp', 'node1', 'node2', 'node3', 'node4', 'node5']);
  assert.deepEqual(rows[0], ['web-system/nginx-web-server:8090/TCP', '0 %0/20', '50 %10/20', '50 %10/20', '100 %20/20', '100 %20/20', '100 %20/20']);
  assert.deepEqual(rows[1], ['shop/cart:80/TCP', '100 %', '66.7 %', '100 %', '66.7 %', '100 %', '100 %']);
  assert.deepEqual(rows[4], ['media/transcoder:1935/TCP', ...Array.from({length: 6}, () => '?could not tell')]);
  const cell = find(table.all, 'td')[0]!;
  assert.equal(cell.attributes.get('class'), 'h0');
  assert.equal(cell.attributes.get('title'), 'From cp to web-system/nginx-web-server:8090/TCP: 0 %, measured 0 of 20; lost at endpoints that do not answer there: 10.244.1.5:9376, 10.244.2.5:9376');
});

test('many nodes and Services: what fares alike shares a column or a row, and all is told', () => {
  const page = pageOf(largeReport(60, 200));
  const reach = page.part('reach');
  const [head, ...rows] = find(find(reach.all, 'table')[0]!.all, 'tr').map(({children}) => texts(children));
  assert.deepEqual(head, ['Address', 'ip-10-20-7-17', 'ip-10-20-23-17 and 2 more', 'ip-10-20-1-17 and 6 more', 'ip-10-20-0-17 and 48 more']);
  assert.deepEqual(rows.map(([, ...cells]) => cells), [['0 %', '66.7 %', '100 %', '100 %'], ['0 %', '100 %', '66.7 %', '100 %'], ['0 %', '100 %', '100 %', '100 %']]);
  assert.match(rows[2]![0]!, /^team-0\/service-0000:80\/TCP ?and 194 more that fare alike ?team-0\/service-0017/);
  assert.match(reach.text, /The names of all nodes end in \.eu-west-1\.compute\.internal\./);
  const pairs = find(find(page.part('pairs').all, 'table')[0]!.all, 'tr').map(({children}) => texts(children));
  assert.deepEqual(pairs.slice(1), [['ip-10-20-7-17', '✘ 0/3', '✘ 0/174', '·itself'], ['ip-10-20-3-17', '✘ 0/3', '✔ 171/171', '✔ 3/3'], ['ip-10-20-0-17 and 57 more', '✔ 171/171', '✔ 9921/9921', '✔ 174/174']]);
  assert.match(texts([page.part('services')])[0]!, /192 Services work/);
  assert.match(texts([page.part('nodes')])[0]!, /49 nodes with nothing wrong/);
});

const node = (i: number): Reach['from'] => ({kind: 'Node', name: `node${String(i).padStart(2, '0')}`});

test('what is more than a map can show is left out from the end, and counted', () => {
  const reach = Array.from({length: 50}, (_, row) => Array.from({length: 30}, (_, column): Reach => ({from: node(column), to: `a/s${String(row).padStart(2, '0')}:80/TCP`, predicted: (row + 1) * (column + 1) / 1501}))).flat();
  const grid = gridOf(reach);
  assert.deepEqual([grid.columns.length, grid.rows.length, grid.left], [24, 40, {places: 6, addresses: 10}]);
  assert.deepEqual([grid.columns[0]?.names, grid.rows[0]?.to], [['node00'], ['a/s00:80/TCP']]);
  const {text} = pageOf({...brokenReport, reach}).part('reach');
  assert.match(text, /10 more addresses that not everybody reaches are left out; these here fare worst\. 6 places that fare better than these are left out\./);
  assert.deepEqual(gridOf(reach.toReversed()), grid);
});

test('a map of what is measured, unknown, or asked of some only', () => {
  const to = 'a/b:80/TCP';
  const grid = gridOf([{from: node(1), to, predicted: 1, probed: {tries: 5, ok: 4}}, {from: node(2), to, predicted: null}, {from: node(3), to: 'a/c:80/TCP', predicted: 1}, {from: {kind: 'Pod', name: 'node03'}, to, predicted: 0}]);
  assert.deepEqual(grid.columns.map(({kind, names}) => `${kind} ${names.join()}`), ['Pod node03', 'Node node01', 'Node node02', 'Node node03']);
  assert.deepEqual(grid.rows.map(({to, cells}) => [to.join(), cells.map(cell => cell?.predicted)]), [['a/b:80/TCP', [0, 1, null, undefined]], ['a/c:80/TCP', [undefined, undefined, undefined, 1]]]);
  const page = pageOf({...healthyReport, reach: [{from: node(1), to, predicted: 1, probed: {tries: 5, ok: 4}}]});
  assert.equal(find(page.part('reach').all, 'td')[0]?.attributes.get('class'), 'h2', 'what was measured counts where all should pass');
});

test('1,000 nodes and 2,000 Services make a page that a mailbox takes', () => {
  const html = renderHtml(largeReport(1000, 2000));
  assert.ok(html.length < 1_000_000, `${html.length} characters`);
  assert.deepEqual(readPage(html).errors, []);
});

test('where everything is wrong in its own way, the page is bounded all the same', () => {
  const many = (make: (i: number) => Partial<typeof stale>): typeof stale[] => Array.from({length: 3000}, (_, i) => ({...stale, ...make(i)}));
  const roots = many(i => ({id: `service-not-found/Service/a/s${i}`, subject: {kind: 'Service', namespace: 'a', name: `s${i}`}, message: `${i} ${'long '.repeat(1000)}`, evidence: Array.from({length: 30}, () => ({kind: 'log' as const, from: 'a log', text: 'x'.repeat(5000)})), breaks: Array.from({length: 900}, (_, n) => `a/b${n}`)}));
  const html = renderHtml({...brokenReport, verdict: {summary: 'all', rootCauses: roots}, findings: roots});
  assert.ok(html.length < 3_000_000, `${html.length} characters`);
  const page = readPage(html);
  assert.match(page.part('causes').text, /2970 more, in one line each/);
  assert.match(page.part('findings').text, /and 2700 more in the JSON report/);
  assert.match(page.part('cause-1').text, /and 876 more/);
  assert.match(page.part('cause-1').text, /x{100} … \(3000 more characters\)/);
});

test('the parts of a cluster’s report', () => {
  const page = pageOf(cluster);
  const rows = (id: string): string[][] => find(page.part(id).all, 'tr').slice(1).map(({children}) => texts(children));
  assert.deepEqual(rows('services').slice(1, 4), [['shop/cart', 'ClusterIP', '✘: broken', '66.7 %', 'rules-stale-endpoint'], ['shop/checkout', 'NodePort', '!: degraded', '96 %', 'cni-on-wrong-interface'], ['media/transcoder', 'LoadBalancer', '?: unknown', '? could not tell', '']]);
  assert.deepEqual(rows('nodes')[1], ['node1', 'Ready', 'runs', 'iptables', 'differ', '2 of 9', 'rules-stale-endpoint, rules-missing-endpoint']);
  assert.deepEqual(rows('nodes')[4]?.slice(0, 2), ['node4', 'NotReady']);
  assert.deepEqual(rows('pairs')[4], ['node4', '! 2/3', '✔ 3/3', '✔ 3/3', '✔ 3/3', '·itself', '✔ 3/3']);
  assert.match(page.part('pairs').text, /7 of 30 pairs lost connections, 5 could not be asked/);
  assert.match(page.part('accepted').text, /A lookup of example\.com costs 10 queries\s*Suppressed: known, and cheap enough: OPS-1182; until 2027-01-31/);
  assert.match(page.part('untold').text, /cannot create resource "pods\/exec"[^]*The resolvers that CoreDNS forwards to answer its pods/);
  assert.match(page.part('notes').text, /On node5 Cilium serves Services/);
  assert.deepEqual(rows('dns')[1], ['DNS Service 10.96.0.10', 'kubernetes.default.svc.cluster.local', 'TCP', '3/5 timed out', '0.6 ms', 'node1']);
  assert.match(page.part('findings').text, new RegExp(`${missing.code} Node node1, proven, explained by ${stale.code}`));
  const links = find(page.part('chain').all, 'summary').map(({text}) => text.replaceAll(/\s+/g, ' '));
  assert.equal(links.length, new Set(cluster.checks.map(({link}) => link)).size);
  assert.ok(links.includes("✘no: Node rules no: Each node's rules lead to the right endpoints"), links.join('\n'));
});

test('a trace is drawn with its shares, and told rule by rule', () => {
  const [first] = pageOf(cluster).find('article', 'trace');
  const drawn = texts(find(find(first!.all, 'svg')[0]!.all, 'text'));
  for (const text of ['cp', 'prerouting · nat', 'KUBE-SERVICES', 'KUBE-SVC-74ED3SEB5ASMFJYD', '10.244.1.5:9376', '10.244.2.5:9376', '50 %', 'on node2']) assert.ok(drawn.includes(text), `${text} in ${drawn.join(', ')}`);
  assert.ok(!drawn.some(text => text.startsWith('KUBE-SEP')), 'what is only of one endpoint is not on the way of all');
  assert.match(first!.text, /drawn with probability 1\/2, packets go on in KUBE-SEP-G5MUQLPAYO7ZAX7Z/);
});

test('what is dropped, and what ip_vs translates, is drawn as that', () => {
  const [trace] = cluster.traces ?? [];
  const [first, second] = trace!.leg.orders[0]!;
  const step = first!.steps[0]!;
  const ipvs = {...step, hook: 'input', owner: 'ipvs', table: 'ipvs', chain: 'TCP 10.106.195.193:8090', rules: [{...step.rules[0]!, chain: 'TCP 10.106.195.193:8090'}]};
  const dropped = {...second!, steps: [ipvs], end: 'dropped' as const, target: null, next: null, rule: {...step.rules[0]!, chain: 'SITE-FIREWALL'}};
  const stopped = {...first!, steps: [ipvs], next: {...first!.next!, orders: [[dropped]]}};
  const page = pageOf({...cluster, traces: [{...trace!, leg: {...trace!.leg, orders: [[stopped, dropped]]}}]});
  const drawn = (kind: string): string[] => page.find('g', kind).flatMap(({all}) => texts(find(all, 'text')));
  assert.deepEqual(drawn('chain-box'), ['TCP 10.106.195.193:8090']);
  const [ends] = page.find('svg', 'trace-picture');
  assert.deepEqual(find(ends!.all, 'g', 'bad').flatMap(({all}) => texts(find(all, 'text'))), ['10.244.1.5:9376', 'nginx-web-server-7c9b6f855b-wvsgrnginx-web-se…b6f855b-wvsgr', 'dropped on node1', '50 %', '10.244.2.5:9376', 'dropped: SITE-FIREWALL', '50 %']);
  const unread = pageOf({...cluster, traces: [{...trace!, leg: {...trace!.leg, unread: 'no debug pod may be made', orders: []}}]});
  assert.match(unread.part('ways').text, /On cp: could not tell: no debug pod may be made/);
});

test('names and texts are cut without harm', () => {
  assert.equal(cut('abc', 3), 'abc');
  assert.equal(cut('abcd', 3), 'abc … (1 more characters)');
  assert.equal(cut('ab😀d', 3), 'ab … (3 more characters)');
  assert.equal(commonEnd(['a.x.y', 'b.x.y', 'c.d.y']), '.y');
  assert.equal(commonEnd(['a.x', '.x']), '');
  assert.equal(commonEnd(['node1', 'node2']), '');
  assert.equal(commonEnd(['a.b']), '');
});
