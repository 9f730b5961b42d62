import assert from 'node:assert/strict';
import {test} from 'node:test';
import {exitCode} from '../../../src/cli/exit-code.ts';
import {renderJunit} from '../../../src/report/junit.ts';
import {checkReport, degradedReport, halfUnknownReport, handMade, hostile, hostileReport, hugeReport} from './check-reports.ts';
import {complaintsAboutJunit, elementsOf, parseXml, testsOf} from './junit-schema.ts';
import {brokenReport, healthyReport, stale, unknownReport} from './reports.ts';

const levels = ['error', 'warning', 'info'] as const;

test('the schema that files are held against refuses what is wrong', async () => {
  const good = renderJunit(brokenReport);
  const complaints = await complaintsAboutJunit({good, 'no name': good.replace(' name="Service"', ''), 'another element': good.replace('<failure', '<fault').replace('</failure', '</fault'), 'not XML': good.replace('</testsuites>', ''), 'out of order': good.replace(/(<properties>[^]*?<\/properties>)([^]*?)(<\/testsuite>)/, '$2$1$3')});
  assert.deepEqual([...new Set(complaints.map(line => line.replace(/:.*/s, '')))].sort(), ['another element', 'no name', 'not XML', 'out of order'], complaints.join('\n'));
});

test('a suite for each link, a test for each question, a failure for what is wrong', () => {
  const tests = testsOf(renderJunit(brokenReport));
  assert.deepEqual(tests.map(({suite, classname, name, end}) => [suite, classname, name, end]), [
    ['Service', 'kdiag.service', 'The Service exists', 'passed'],
    ['Node rules', 'kdiag.node-rules', "Each node's rules lead to the right endpoints", 'failure'],
  ]);
  assert.equal(tests[0]?.out, 'shop/cart exists');
  const [, {type, message, text}] = tests as [unknown, (typeof tests)[number]];
  assert.deepEqual([type, message], ['rules-stale-endpoint', `${stale.message} (and 1 more)`]);
  for (const part of [stale.evidence[0]!.from, stale.evidence[0]!.text, stale.remedy[0]!, 'rules-missing-endpoint', 'kdiag explain rules-stale-endpoint']) assert.ok(text.includes(part), part);
  const [suites] = [parseXml(renderJunit(brokenReport))];
  assert.deepEqual(['name', 'tests', 'failures', 'errors', 'time'].map(name => suites.getAttribute(name)), ['kdiag svc', '2', '1', '0', '0.012']);
  assert.deepEqual(elementsOf(suites, 'testsuite').map(each => ['name', 'tests', 'failures', 'errors', 'skipped', 'time', 'timestamp'].map(name => each.getAttribute(name))), [
    ['Service', '1', '0', '0', '0', '0.001', '2026-11-01T10:00:00.000Z'], ['Node rules', '1', '1', '0', '0', '0.002', '2026-11-01T10:00:00.000Z'],
  ]);
  assert.deepEqual(elementsOf(elementsOf(suites, 'testsuite')[0]!, 'property').map(each => [each.getAttribute('name'), each.getAttribute('value')]).slice(0, 5), [['kdiag.version', '1.2.3'], ['kdiag.command', 'svc'], ['kdiag.context', 'production'], ['kdiag.server', 'v1.36.3'], ['kdiag.status', 'broken']]);
});

test('a warning fails a test only where it makes kdiag fail; else it is told beside it', () => {
  const ends = (failOn: (typeof levels)[number]): string[] => testsOf(renderJunit(degradedReport, failOn)).map(({name, end}) => `${name}: ${end}`);
  const accepted = ['cidr-not-private Cluster/pods: skipped', 'rules-missing-endpoint Node/node9: skipped'];
  assert.deepEqual(ends('error'), ['kube-proxy keeps up: passed', 'The mode is known: passed', 'The rules can be read: skipped', ...accepted]);
  assert.deepEqual(ends('warning'), ['kube-proxy keeps up: failure', 'The mode is known: passed', 'The rules can be read: skipped', ...accepted]);
  assert.deepEqual(ends('info'), ['kube-proxy keeps up: failure', 'The mode is known: failure', 'The rules can be read: skipped', ...accepted]);
  const [first, second, third] = testsOf(renderJunit(degradedReport));
  assert.match(first!.out, /^warning: kube-proxy-stale, Node\/node2 \(likely\)\nkube-proxy on node2 has not written rules for 3 h\nEvidence:\n/);
  assert.match(second!.out, /^iptables\n\ninfo: kube-proxy-replaced, Cluster\/kube-proxy\n/);
  assert.equal(third!.message, 'something else does the work');
});

test('what could not be told is an error, also where a test of its own has to be made for it', () => {
  const ends = (report: Parameters<typeof renderJunit>[0], failOn?: (typeof levels)[number]): string[][] => testsOf(renderJunit(report, failOn)).map(({suite, name, end, type}) => [suite, name, end, type]);
  assert.deepEqual(ends(halfUnknownReport), [
    ['kube-proxy', 'kube-proxy keeps up', 'passed', ''],
    ['Node rules', 'The rules can be read', 'error', 'unknown'],
    ['Node rules', 'The rules hang together', 'error', 'crashed'],
    ['kdiag', 'permission-missing Cluster/permissions', 'error', 'permission-missing'],
  ]);
  assert.deepEqual(ends(halfUnknownReport, 'warning').map(([, name, end]) => [name, end]), [['kube-proxy keeps up', 'failure'], ['The rules can be read', 'failure'], ['The rules hang together', 'error'], ['permission-missing Cluster/permissions', 'error']]);
  assert.match(testsOf(renderJunit(halfUnknownReport, 'warning'))[1]!.out, /Could not tell all of it: no debug pod may be made/);
  assert.deepEqual(ends(handMade['nothing examined']!), [['kdiag', 'What decides could be examined', 'error', 'unknown']]);
});

test('what is accepted is a skipped test that says by whom, why and until when', () => {
  const accepted = testsOf(renderJunit(checkReport)).filter(({suite}) => suite === 'Accepted');
  assert.deepEqual(accepted.map(({name, end, message}) => [name, end, message]), [
    ['cidr-not-private Cluster/pods', 'skipped', 'accepted by a suppression until 2027-01-31: agreed with the network people'],
    ['rules-missing-endpoint Node/node9', 'skipped', 'accepted by the baseline: was there before'],
  ]);
  assert.match(accepted[0]!.out, /Pods have addresses of 11\.0\.0\.0\/8/);
  assert.match(testsOf(renderJunit(checkReport)).find(({end}) => end === 'failure')!.text, /^Breaks: shop\/cart, shop\/web$/m);
  assert.equal(elementsOf(parseXml(renderJunit(checkReport)), 'property').find(each => each.getAttribute('name') === 'kdiag.accepted')?.getAttribute('value'), '2');
});

test('failures go with exit code 1, errors without failures with 3', () => {
  for (const [name, report] of Object.entries({...handMade, healthy: healthyReport, broken: brokenReport, unknown: unknownReport})) {
    for (const failOn of levels) {
      const tests = testsOf(renderJunit(report, failOn));
      const has = (kind: string): boolean => tests.some(({end}) => end === kind);
      assert.equal(has('failure') ? 1 : has('error') ? 3 : 0, exitCode(report, failOn), `${name}, --fail-on ${failOn}`);
    }
  }
});

test('hostile texts stay texts, and what XML cannot hold is shown', async () => {
  const xml = renderJunit(hostileReport);
  assert.deepEqual(await complaintsAboutJunit({xml}), []);
  // eslint-disable-next-line no-control-regex
  assert.doesNotMatch(xml, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u2066\ud800-\udfff\ufffe\uffff]|\]\]>/u);
  const tests = testsOf(xml);
  assert.equal(tests.length, 4 * hostile.length + hostile.length + hostile.length, 'checks, findings of none, accepted');
  const shown = (text: string): string => tests.find(({out}) => out.includes(text))?.out ?? '';
  for (const text of [']]><failure/>', '<img src=x onerror=alert(1)>', '&amp; &#60; &lt;b>', '\\x1b[2J\\x1b[H\\x0d✔ all is well', '\\u{202e}gnp.exe', '\\u{d800} \\u{dfff} \\u{fffe} \\u{ffff} \\x00', 'ü 検査 🙂']) assert.ok(shown(text), text);
  assert.equal(tests.filter(({end}) => end === 'failure').length, hostile.length);
});

test('a report of everything being wrong is still a file that can be read', async () => {
  const tests = testsOf(renderJunit({...hugeReport, findings: hugeReport.findings.slice(0, 20), checks: hugeReport.checks.slice(0, 20)}));
  assert.equal(tests.filter(({end}) => end === 'failure').length, 20);
});
