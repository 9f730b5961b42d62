import assert from 'node:assert/strict';
import {test} from 'node:test';
import {renderSarif} from '../../../src/report/sarif.ts';
import {checkReport, degradedReport, halfUnknownReport, handMade, hostile, hostileReport} from './check-reports.ts';
import {brokenReport, healthyReport, missing, stale, unknownReport} from './reports.ts';
import {complaintsAboutSarif} from './sarif-schema.ts';

interface Log {
  readonly runs: readonly [{
    readonly tool: {readonly driver: {readonly version: string; readonly rules: readonly {readonly id: string; readonly name: string; readonly shortDescription: {readonly text: string}; readonly help: {readonly text: string}; readonly defaultConfiguration: {readonly level: string}; readonly properties: Readonly<Record<string, unknown>>}[]; readonly notifications: readonly {readonly id: string}[]}};
    readonly automationDetails: {readonly id: string};
    readonly invocations: readonly [{readonly executionSuccessful: boolean; readonly startTimeUtc?: string; readonly toolExecutionNotifications: readonly {readonly descriptor: {readonly id: string}; readonly level: string; readonly message: {readonly text: string}}[]}];
    readonly results: readonly {
      readonly ruleId: string; readonly ruleIndex: number; readonly level: string; readonly message: {readonly text: string}; readonly partialFingerprints: Readonly<Record<string, string>>; readonly suppressions: readonly {readonly kind: string; readonly justification: string}[];
      readonly locations: readonly [{readonly physicalLocation: {readonly artifactLocation: {readonly uri: string}}; readonly logicalLocations: readonly [{readonly fullyQualifiedName: string; readonly name: string}]}];
      readonly properties: {readonly id: string; readonly rootCause: boolean; readonly explainedBy: readonly string[]; readonly evidence: readonly object[]};
    }[];
  }];
}
const read = (...args: Parameters<typeof renderSarif>): Log['runs'][0] => (JSON.parse(renderSarif(...args)) as Log).runs[0];

for (const [name, report] of Object.entries({...handMade, healthy: healthyReport, broken: brokenReport, unknown: unknownReport})) {
  test(`${name}: as the schema of SARIF 2.1.0 says`, () => assert.deepEqual(complaintsAboutSarif(JSON.parse(renderSarif(report))), []));
}

test('the schema refuses what is wrong', () => {
  const wrong = (from: string, to: string): string[] => complaintsAboutSarif(JSON.parse(renderSarif(brokenReport).replace(from, to)));
  assert.match(wrong('"level": "error"', '"level": "fatal"').join(), /must be equal to one of the allowed values/);
  assert.match(wrong('"ruleId"', '"rule"').join(), /rule must be object/);
  assert.match(wrong('"startTimeUtc": "2026', '"startTimeUtc": "MMXXVI').join(), /date-time/);
});

test('a result for each finding, a rule for each code', () => {
  const {tool: {driver}, results, invocations, automationDetails} = read(brokenReport, code => `Title of ${code}`);
  assert.deepEqual(results.map(({ruleId, level, locations: [{physicalLocation, logicalLocations}], properties: {id, rootCause, explainedBy}}) => [ruleId, level, physicalLocation.artifactLocation.uri, logicalLocations[0].fullyQualifiedName, id, rootCause, explainedBy]), [
    ['rules-stale-endpoint', 'error', 'kubernetes/Node/node1', 'Node/node1', stale.id, true, []],
    ['rules-missing-endpoint', 'error', 'kubernetes/Node/node1', 'Node/node1', missing.id, false, [stale.id]],
  ]);
  for (const {ruleId, ruleIndex} of results) assert.equal(driver.rules[ruleIndex]?.id, ruleId);
  assert.deepEqual(driver.rules.map(({id, name, shortDescription, defaultConfiguration, properties}) => [id, name, shortDescription.text, defaultConfiguration.level, properties['problem.severity'], properties['docs']]), [
    ['rules-stale-endpoint', 'RulesStaleEndpoint', 'Title of rules-stale-endpoint', 'error', 'error', 'docs/findings/rules-stale-endpoint.md'],
    ['rules-missing-endpoint', 'RulesMissingEndpoint', 'Title of rules-missing-endpoint', 'error', 'error', 'docs/findings/rules-missing-endpoint.md'],
  ]);
  assert.match(driver.rules[0]!.help.text, /kdiag explain rules-stale-endpoint/);
  const {text} = results[0]!.message;
  assert.ok(text.startsWith(`${stale.message}.\n\nWhat to type:\n${stale.remedy[0]}\n\nEvidence:\nnode1: iptables-nft, nat: -A KUBE-SEP`), text);
  assert.deepEqual([invocations[0].executionSuccessful, invocations[0].startTimeUtc, invocations[0].toolExecutionNotifications, automationDetails.id, driver.version], [true, '2026-11-01T10:00:00.000Z', [], 'kdiag/svc/production/', '1.2.3']);
  assert.equal(read(degradedReport).tool.driver.rules[1]?.defaultConfiguration.level, 'note');
  assert.deepEqual(read(healthyReport).results, []);
});

test('fingerprints are the same in every run, and differ for what differs', () => {
  const prints = (report: Parameters<typeof renderSarif>[0]): (string | undefined)[] => read(report).results.map(({partialFingerprints}) => partialFingerprints['primaryLocationLineHash']);
  const {findings} = brokenReport;
  const changed = {...brokenReport, startedAt: '2027-01-01T00:00:00Z', ms: 1, findings: findings.map(each => ({...each, message: 'other words', evidence: [], args: {}, level: 'warning' as const}))};
  assert.deepEqual(prints(changed), prints(brokenReport));
  // The value is what alerts that are there already are found by: a change here closes and opens each of them again.
  assert.deepEqual(prints(brokenReport), ['3ac10865f8aa36a7:1', 'f6bba70a439953a6:1']);
  assert.equal(new Set(prints(hostileReport)).size, hostileReport.findings.length + hostileReport.accepted!.length);
});

test('what is accepted is suppressed, and nothing else', () => {
  assert.deepEqual(read(checkReport).results.map(({ruleId, suppressions}) => [ruleId, suppressions.map(({kind, justification}) => `${kind}: ${justification}`)]), [
    ['rules-stale-endpoint', []], ['rules-missing-endpoint', []],
    ['cidr-not-private', ['external: suppression: agreed with the network people (until 2027-01-31)']],
    ['rules-missing-endpoint', ['external: baseline: was there before']],
  ]);
  assert.match(read(checkReport).results[0]!.message.text, /^Breaks shop\/cart, shop\/web\.$/m);
});

test('what could not be told is a notification, and an examination that told nothing did not succeed', () => {
  const told = (report: Parameters<typeof renderSarif>[0]): unknown[] => {
    const {invocations: [{executionSuccessful, toolExecutionNotifications}], tool} = read(report);
    for (const {descriptor} of toolExecutionNotifications) assert.ok(tool.driver.notifications.some(({id}) => id === descriptor.id), descriptor.id);
    return [executionSuccessful, ...toolExecutionNotifications.map(({descriptor, level, message}) => `${descriptor.id} ${level} ${message.text}`)];
  };
  assert.deepEqual(told(halfUnknownReport), [
    false,
    'rules-read warning The rules can be read: could not tell, no debug pod may be made',
    'rules-state error The rules hang together: could not tell, this is a bug of kdiag: no such property',
    'status error kdiag could not tell whether DNS works: no debug pod may be made (and 1 more reason)',
  ]);
  assert.deepEqual(told(handMade['nothing examined']!), [false, 'status error kdiag could not tell whether DNS works: nothing was examined']);
  assert.equal(told({...brokenReport, checks: halfUnknownReport.checks})[0], true);
});

test('hostile texts make no links, no paths and no terminal commands', () => {
  const text = renderSarif(hostileReport);
  // eslint-disable-next-line no-control-regex
  assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u2066\u2028]/u);
  const {results, automationDetails} = read(hostileReport);
  assert.equal(results.length, 3 * hostile.length);
  for (const {message, locations: [{physicalLocation: {artifactLocation: {uri}}, logicalLocations: [{name}]}]} of results) {
    assert.doesNotMatch(message.text, /\]\(/);
    assert.match(uri, /^kubernetes\/Node(\/[\w.~!*'()%-]+){1,2}$/);
    assert.ok(name !== '');
  }
  assert.match(automationDetails.id, /^kdiag\/check\/[\w.~!*'()%-]+\/$/);
  const dotted = read({...brokenReport, findings: [{...stale, subject: {kind: 'Pod', namespace: '..', name: '../../etc'}}]});
  assert.equal(dotted.results[0]?.locations[0].physicalLocation.artifactLocation.uri, 'kubernetes/Pod/_../..%2F..%2Fetc');
});
