import assert from 'node:assert/strict';
import {test} from 'node:test';
import {renderGithub} from '../../../src/report/github.ts';
import {runnerReads} from './actions-runner.ts';
import {checkReport, degradedReport, halfUnknownReport, handMade, hostile, hostileReport} from './check-reports.ts';
import {brokenReport, healthyReport, stale, unknownReport} from './reports.ts';

const read = (report: Parameters<typeof renderGithub>[0]): [string, string | undefined, string][] => {
  const {commands, lines} = runnerReads(renderGithub(report));
  assert.deepEqual(lines, [], 'every line is a command');
  for (const {properties} of commands) assert.deepEqual(Object.keys(properties), ['title']);
  return commands.map(({name, properties, data}) => [name, properties['title'], data]);
};

test("the runner's rules", () => {
  assert.deepEqual(runnerReads('  ::error title=a%3Ab%2C,file=x::50%25 of%0Ait ::warning::\nno ::error::command\n::nothing::x\nx ##[warning a=b%3B;c=d]e%5D\n::error'), {
    commands: [{name: 'error', properties: {title: 'a:b,', file: 'x'}, data: '50% of\nit ::warning::'}, {name: 'warning', properties: {a: 'b;', c: 'd'}, data: 'e]'}],
    lines: ['no ::error::command', '::nothing::x', '::error'],
  });
});

test('a line for each root cause', () => {
  assert.equal(renderGithub(brokenReport), `::error title=rules-stale-endpoint%3A Node/node1::node1 sends 33 %25 of the connections to Service shop/cart to 10.244.1.99:8080, which is no ready endpoint of it%0AWhat to type:%0A  ${stale.remedy[0]}%0AMore: kdiag explain rules-stale-endpoint\n`);
  assert.deepEqual(read(brokenReport), [['error', 'rules-stale-endpoint: Node/node1', `${stale.message}\nWhat to type:\n  ${stale.remedy[0]}\nMore: kdiag explain rules-stale-endpoint`]]);
  assert.deepEqual(read(degradedReport).map(([name, title]) => [name, title]), [['warning', 'kube-proxy-stale: Node/node2 (likely)'], ['notice', 'kdiag: 2 accepted']]);
  assert.match(read(checkReport)[0]![2], /\nBreaks shop\/cart, shop\/web\n/);
  assert.equal(read(checkReport)[1]![2], 'cidr-not-private Cluster/pods (suppression: agreed with the network people)\nrules-missing-endpoint Node/node9 (baseline: was there before)');
});

test('what could not be told fails the step where nothing else does', () => {
  assert.deepEqual(read(halfUnknownReport).map(([name, title, data]) => [name, title, data.split('\n')[0]]), [
    ['warning', 'permission-missing: Cluster/permissions', unknownReport.verdict.rootCauses[0]!.message],
    ['warning', 'kube-proxy-stale: Node/node2 (likely)', 'kube-proxy on node2 has not written rules for 3 h'],
    ['error', 'kdiag could not tell', 'no debug pod may be made'],
    ['error', 'kdiag could not tell', 'this is a bug of kdiag: no such property'],
  ]);
  assert.deepEqual(read({...brokenReport, checks: halfUnknownReport.checks}).map(([name]) => name), ['error', 'notice', 'notice']);
  assert.deepEqual(read(handMade['nothing examined']!), [['error', 'kdiag could not tell', 'kdiag could not tell whether DNS works: nothing was examined']]);
  assert.deepEqual(read(unknownReport).map(([name]) => name), ['warning', 'error'], 'told by the warning, and yet the step fails');
  assert.deepEqual(read(healthyReport), [['notice', 'kdiag', 'Service shop/cart is healthy']]);
});

test('hostile texts give no command of their own', () => {
  const commands = read(hostileReport);
  assert.deepEqual([...new Set(commands.map(([name]) => name))], ['error', 'notice']);
  const causes = commands.filter(([, title]) => title?.startsWith('rules-stale-endpoint'));
  assert.equal(causes.length, hostile.length);
  const shown = [[0, '::error title=owned::injected'], [1, '##[error]injected'], [2, '\n::stop-commands::x\n::add-mask::a'], [3, '%0A::error::x %25 %3A']] as const;
  for (const [i, text] of shown) assert.ok(causes[i]?.[2].startsWith(`It says ${text} and so on\n`), causes[i]?.[2]);
  assert.equal(causes[3]?.[1], 'rules-stale-endpoint: Node/%0A::error::x %25 %3A/%0A::error::x %25 %3A'.replace('Node/%0A::error::x %25 %3A/', 'Node/%0A::error::x %25 %3A/'));
  // eslint-disable-next-line no-control-regex
  assert.doesNotMatch(renderGithub(hostileReport), /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/u);
});
