import assert from 'node:assert/strict';
import {test} from 'node:test';
import {renderMarkdown} from '../../../src/report/markdown.ts';
import {cell, fenced, prose} from '../../../src/report/markdown-text.ts';
import {plain} from '../../../src/report/plain.ts';
import {checkReport, degradedReport, halfUnknownReport, handMade, hostile, hostileReport, hugeReport} from './check-reports.ts';
import {loose, pageOf, tableUnder, tagsOf} from './gfm.ts';
import {brokenReport, healthyReport, missing, stale, unknownReport} from './reports.ts';

const words = (text: string): string => plain(text.toWellFormed()).split(/\s+/).filter(word => word !== '').join(' ');
const inTable = (text: string): string => words(plain(text.toWellFormed()).replaceAll('\\|', '\\ |'));

/** Elements that the page is made of; nothing that a text says may add to them. */
const own = new Set(['h2', 'h3', 'p', 'sub', 'strong', 'details', 'summary', 'code', 'code class=language-text', 'code class=language-sh', 'pre', 'ul', 'li', 'table', 'thead', 'tbody', 'tr', 'th', 'td']);
const foreign = (markdown: string): string[] => [...tagsOf(pageOf(markdown))].filter(tag => !own.has(tag) && tag !== 'main');
/** What GitHub makes something of, or another reader of Markdown might. */
const risky = /[@#<>_*`[\]|~\\$=+^{}&]|:\/\/|www\.|\w[.:@]\w|gh-\d/i;

test('sentences read as before, with what might be more than text in code', () => {
  for (const [text, markdown] of [
    ['node1 sends 33 % of the connections to Service shop/cart to 10.244.1.99:8080, which is no endpoint', '`node1` sends 33 % of the connections to Service `shop/cart` to `10.244.1.99:8080`, which is no endpoint'],
    ['kube-proxy doesn’t run (it is "stale"); why?', 'kube-proxy doesn’t run (it is "stale"); why?'],
    ['ask @team, see #1', 'ask `@team`, see `#1`'], ['a | b', 'a `|` b'], ['1. one', '`1`. one'], ['- a', '`-` a'], ['a `b` c', 'a `` `b` `` c'], ['-A X -j Y', '`-A` X `-j` Y'], ['<b> <i>', '`<b> <i>`'], ['', ''],
  ] as const) assert.equal(prose(text), markdown);
  assert.equal(cell('a|b \\| c'), '`a\\|b \\ \\|` c');
  assert.deepEqual(fenced('x ``` y\n````', 'text'), ['`````text', 'x ``` y', '````', '`````']);
});

for (const text of hostile) {
  test(`stays text: ${JSON.stringify(text)}`, () => {
    const page = pageOf(`${prose(text)}\n\n- ${prose(text)}\n\n| a | b |\n| --- | --- |\n| ${cell(text)} | after |\n\n${fenced(text, 'text').join('\n')}`);
    const shown = words(text);
    assert.deepEqual([...tagsOf(page)].filter(tag => !own.has(tag)), []);
    const textOf = (name: string): string[] => [...page.getElementsByTagName(name)].map(each => each.textContent ?? '');
    if (shown !== '') assert.equal(textOf('p')[0], shown);
    assert.equal(textOf('li')[0]?.trim(), shown);
    assert.deepEqual(textOf('td'), [inTable(text), 'after']);
    assert.equal(textOf('pre')[0], `${plain(text.toWellFormed(), 'many')}\n`);
    assert.doesNotMatch(loose(page).join(''), risky);
  });
}

test('the verdict on top, root causes with what they break, and the rest in tables', () => {
  const page = pageOf(renderMarkdown(checkReport));
  assert.equal(page.getElementsByTagName('h2')[0]?.textContent, '✘ kdiag: broken');
  assert.equal(page.getElementsByTagName('p')[0]?.textContent, stale.message);
  assert.equal(page.getElementsByTagName('sub')[0]?.textContent, 'cluster production (v1.36.3); kdiag 1.2.3');
  assert.deepEqual(tableUnder(page, 'Root causes'), [['Level', 'Root cause', 'Where', 'What', 'Breaks'], ['error', 'rules-stale-endpoint', 'Node/node1', stale.message, 'shop/cart, shop/web']]);
  assert.deepEqual(tableUnder(page, 'Services').slice(1), [['shop/cart', 'ClusterIP', 'broken', '66.7 %', 'rules-stale-endpoint'], ['shop/web', 'NodePort', 'unknown', '?', '']]);
  assert.match(page.textContent ?? '', /The other 1 work\./);
  assert.deepEqual(tableUnder(page, 'Nodes').slice(1), [['node1', 'Ready', 'runs', 'iptables', 'differ (1 lost)', 'rules-stale-endpoint, rules-missing-endpoint'], ['node2', 'NotReady', 'missing', '?', 'unread', '']]);
  assert.deepEqual(tableUnder(page, 'Pod network').slice(1), [['node1', 'node2', 'pod', '1 of 4']]);
  assert.deepEqual(tableUnder(page, 'Accepted').slice(1), [['cidr-not-private', 'Cluster/pods', 'suppression', 'agreed with the network people', '2027-01-31'], ['rules-missing-endpoint', 'Node/node9', 'baseline', 'was there before', 'no end']]);
  const [details] = page.getElementsByTagName('details');
  assert.equal(details?.getElementsByTagName('summary')[0]?.textContent, 'rules-stale-endpoint Node/node1');
  assert.deepEqual([...details!.getElementsByTagName('pre')].map(each => each.textContent), [`${stale.evidence[0]!.text}\n`, `${stale.remedy[0]}\n`]);
  assert.equal(details?.getElementsByTagName('li')[0]?.textContent, missing.message);
  assert.deepEqual(foreign(renderMarkdown(checkReport)), []);
});

test('lists what could not be told and what is worth knowing; a healthy page is short', () => {
  const lists = (report: Parameters<typeof renderMarkdown>[0]): string[] => [...pageOf(renderMarkdown(report)).getElementsByTagName('li')].map(each => (each.textContent ?? '').trim());
  assert.deepEqual(lists(halfUnknownReport), ['no debug pod may be made', 'this is a bug of kdiag: no such property']);
  assert.deepEqual(lists(degradedReport), ['Cilium does the work of kube-proxy']);
  assert.deepEqual(lists(unknownReport), [], 'the root cause tells it');
  assert.equal(renderMarkdown(healthyReport), '## ✔ kdiag: healthy\n\nService `shop/cart` is healthy\n\n<sub>cluster production (`v1.36.3`); kdiag `1.2.3`</sub>\n');
  assert.match(renderMarkdown({...checkReport, services: checkReport.services!.slice(2), nodes: checkReport.nodes!.slice(2)}), /### Services\n\nAll 1 work\.\n\n### Nodes\n\nOn all 1 nothing is wrong\.\n/);
});

for (const [name, report] of Object.entries({...handMade, healthy: healthyReport, broken: brokenReport, unknown: unknownReport})) {
  test(`${name}: a page of kdiag's own elements, and nothing outside code that a reader makes more of`, () => {
    const markdown = renderMarkdown(report);
    assert.deepEqual(foreign(markdown), []);
    assert.doesNotMatch(loose(pageOf(markdown)).join(''), risky);
    assert.doesNotMatch(markdown, /undefined|\[object|NaN|\n{4}/);
  });
}

test('hostile texts are all there', () => {
  const page = pageOf(renderMarkdown(hostileReport));
  const causes = tableUnder(page, 'Root causes').slice(1);
  assert.deepEqual(causes.map(([, , , what]) => what), hostile.map(text => inTable(`It says ${text} and so on`)));
  assert.deepEqual(tableUnder(page, 'Nodes').slice(1).map(([name]) => name), hostile.map(inTable));
  const raw = [...page.getElementsByTagName('pre')].map(each => each.textContent);
  for (const text of hostile.slice(0, 20)) assert.ok(raw.some(each => each?.startsWith(`${plain(text.toWellFormed(), 'many')}\n`)), text);
});

test('fits the summary of a step, and says what is left out', () => {
  const markdown = renderMarkdown(hugeReport);
  assert.ok(Buffer.byteLength(markdown) < 1_000_000, String(Buffer.byteLength(markdown)));
  assert.deepEqual(foreign(markdown), []);
  assert.match(markdown, /and 950 more: `kdiag` tells them with `-o json`\./);
  assert.match(markdown, /and 2950 more: /);
  assert.match(markdown, /`shop\/web0`, `shop\/web1`.* and 95 more/);
});
