import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Report, ReportedFinding} from '../../../src/diagnose/report.ts';
import {columns} from '../../../src/report/plain.ts';
import type {Style} from '../../../src/report/style.ts';
import {renderText} from '../../../src/report/text.ts';
import {everyReport} from './every-report.ts';
import {brokenReport, healthyReport, missing, nodesReport, stale} from './reports.ts';

const same = (text: string): string => text;
const plainAt = (width: number): Style => ({width, good: same, bad: same, caution: same, faint: same, strong: same});
const tagged: Style = {width: 80, good: text => `<g>${text}</>`, bad: text => `<b>${text}</>`, caution: text => `<c>${text}</>`, faint: text => `<f>${text}</>`, strong: text => `<s>${text}</>`};

/** Lines that are too long, and are neither raw evidence nor a command nor one long word. */
function overlong(text: string, width: number): string[] {
  let raw = false;
  return text.split('\n').filter(line => {
    if (/^ {2}\S|^\S|^$/.test(line)) raw = line === '  Evidence' || line === '  What to type';
    return columns(line) > width && !raw && line.trim().includes(' ');
  });
}

const reports = await everyReport();

for (const [name, report] of reports) {
  test(`${name}: fits 80 columns, names every root cause, and looks the same without colours`, () => {
    const text = renderText(report, plainAt(80));
    assert.deepEqual(overlong(text, 80), []);
    assert.deepEqual(text.split('\n').filter(line => line !== line.trimEnd()), [], 'no trailing blanks');
    assert.doesNotMatch(text, /undefined|\[object|NaN/);
    assert.ok(text.endsWith('\n') && !text.endsWith('\n\n') && !text.includes('\n\n\n'));
    for (const {code} of report.verdict.rootCauses) assert.ok(text.includes(`: ${code}`) && text.includes(`kdiag explain ${code}`), code);
    assert.equal(renderText(report, tagged).replace(/<[gbcfs]>|<\/>/g, ''), text);
    assert.deepEqual(overlong(renderText(report, plainAt(60)), 60).filter(line => !/^ {2}.* {2}/.test(line)), [], 'at 60 columns, but for the table of reach');
    assert.ok(renderText(report, plainAt(80), true).split('\n').length >= text.split('\n').length, 'wide leaves nothing out');
  });
}

test('a broken report, word for word', () => {
  assert.equal(renderText(brokenReport, plainAt(80)), `✘ node1 sends 33 % of the connections to Service shop/cart to 10.244.1.99:8080,
  which is no ready endpoint of it
  cluster production (v1.36.3)

Service     ✔ The Service exists: shop/cart exists
Node rules  ✘ Each node's rules lead to the right endpoints: no on node1
              (rules-stale-endpoint, rules-missing-endpoint)

Root cause: rules-stale-endpoint
  node1 sends 33 % of the connections to Service shop/cart to 10.244.1.99:8080,
  which is no ready endpoint of it
  Evidence
    node1: iptables-nft, nat
      -A KUBE-SEP-ABCDEFGHIJKLMNOP -p tcp -m tcp -j DNAT --to-destination 10.244.1.99:8080
  What to type
    kubectl delete pod -n kube-system -l k8s-app=kube-proxy --field-selector spec.nodeName=node1   # it comes back and writes all rules anew
  This explains
    On node1 the rules of Service shop/cart lack 10.244.1.3:8080, which is ready
  More: kdiag explain rules-stale-endpoint

Reach (share of new connections, predicted from the rules)
  FROM   TO                SUCCEED  LOST AT
  node1  shop/cart:80/TCP  66.7 %   KUBE-SEP-ABCDEFGHIJKLMNOP
`);
});

const on = (node: string, from: ReportedFinding): ReportedFinding => ({...from, id: `${from.code}/Node/${node}`, subject: {...from.subject, name: node}});

test('the same fault on many nodes is told once, errors are counted, warnings are not called root causes', () => {
  const weak: ReportedFinding = {...on('node9', missing), level: 'warning', confidence: 'likely'};
  const roots = [stale, on('node2', stale), on('node3', stale), on('node4', missing), weak];
  const text = renderText({...brokenReport, verdict: {summary: 'x', rootCauses: roots}}, plainAt(80));
  assert.deepEqual(text.match(/^(Root cause|Warning).*/gm), ['Root cause 1: rules-stale-endpoint', 'Root cause 2: rules-missing-endpoint', 'Warning: rules-missing-endpoint (likely)']);
  assert.match(text, /The same on node2, node3/);
  assert.equal(renderText({...brokenReport, verdict: {summary: 'x', rootCauses: roots}}, plainAt(80), true).match(/^(Root cause|Warning)/gm)?.length, 5);
});

test('long evidence is cut, and all of it is shown when asked for', () => {
  const evidence = Array.from({length: 20}, (_, i) => ({kind: 'rule' as const, from: 'node1', text: `rule-${i}\nsecond line`}));
  const report = {...brokenReport, verdict: {summary: 'x', rootCauses: [{...stale, evidence}]}};
  assert.match(renderText(report, plainAt(80)), /rule-7\n {6}second line\n {4}and 12 more \(-o wide\)/);
  assert.match(renderText(report, plainAt(80), true), /rule-19\n/);
});

test('reach: shares are never rounded to all or to nothing, and places that fare alike share a line', () => {
  const reach = [0.99999, 0.00001, 1, 1, 0, null].map((predicted, i) => ({from: {kind: 'Node' as const, name: `node${i}`}, to: 'a/b:80/TCP', predicted, ...(predicted === 1 ? {} : {lostAt: 'somewhere'})}));
  const text = renderText({...brokenReport, reach}, plainAt(80));
  for (const words of ['> 99.9 %', '< 0.1 %', /node2, node3 +a\/b:80\/TCP +100 %/, /node4 +a\/b:80\/TCP +0 % +somewhere/, /node5 +a\/b:80\/TCP +\?\n/]) assert.match(text, typeof words === 'string' ? new RegExp(words) : words);
  const crowd = Array.from({length: 300}, (_, i) => ({from: {kind: 'Node' as const, name: `worker-${i}`}, to: 'a/b:80/TCP', predicted: 1}));
  assert.match(renderText({...healthyReport, reach: crowd}, plainAt(80)), /worker-0 and 299 more +a\/b:80\/TCP +100 %/);
});

test('texts from the cluster are harmless wherever they stand', () => {
  const evil = '\u001b[2J\r\u202e';
  // Fixed words of kdiag's own and ids, which are never shown, stay what they are.
  const own = new Set(['status', 'outcome', 'level', 'kind', 'confidence', 'link', 'code']);
  const dirty = JSON.parse(JSON.stringify({...brokenReport, status: 'unknown'}), (key, value: unknown) => (typeof value === 'string' && !own.has(key) && !/^[a-z-]+\/[A-Z]/.test(value) ? `${value}${evil}` : value)) as Report;
  const report = {...dirty, checks: [...dirty.checks, {id: 'a', link: 'Node rules', question: `q${evil}`, outcome: 'unknown' as const, why: `w${evil}`, findings: [], ms: 0}, {id: 'b', link: 'x', question: 'q', outcome: 'skipped' as const, why: `w${evil}`, findings: [], ms: 0}]};
  for (const wide of [true, false]) assert.doesNotMatch(renderText(report, plainAt(80), wide).replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u);
});

test('of many nodes those with something wrong are listed, and how many others there are; all with -o wide', () => {
  const [wrong, unread, ...rest] = nodesReport.nodes!;
  const well = Array.from({length: 997}, (_, i) => ({...wrong!, name: `well${i}`, rules: 'in sync' as const, losing: 0, findings: []}));
  const report = {...nodesReport, nodes: [wrong!, ...well, ...rest]};
  const listed = (text: string): string[] => text.split('\n').filter(line => /^ {2}\S+ +(Not)?Ready /.test(line)).map(line => line.trim().split(' ')[0] ?? '');
  assert.deepEqual(listed(renderText(report, plainAt(80))), ['node1', 'well0', 'well1']);
  assert.match(renderText(report, plainAt(80)), /^ {2}and 996 more, in which nothing is wrong \(-o wide\)$/m);
  assert.equal(listed(renderText(report, plainAt(80), true)).length, 999);
  const unseen = {...report, nodes: [...report.nodes, ...Array.from({length: 70}, (_, i) => ({...unread!, name: `unseen${i}`, ready: true}))]};
  assert.match(renderText(unseen, plainAt(80)), /^ {2}and 1009 more, 13 of them as wrong, or not examined \(-o wide\)$/m);
});
