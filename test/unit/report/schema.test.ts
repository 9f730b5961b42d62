import assert from 'node:assert/strict';
import {test} from 'node:test';
import {openRecording} from '../../../src/cluster/recording/file.ts';
import {demoNames, demos, recordingFile} from '../../../src/demo/demos.ts';
import type {Report} from '../../../src/diagnose/report.ts';
import {renderJson} from '../../../src/report/json.ts';
import {cases, diagnoseCase} from '../../cases/case.ts';
import {worldOf} from '../../cases/world.ts';
import {brokenReport, dnsReport, healthyReport, nodesReport, unknownReport} from './reports.ts';
import {complaintsAbout} from './schema.ts';

for (const each of cases) {
  test(`the report of case ${each.file} is as the schema says`, async () => {
    assert.deepEqual(complaintsAbout(await diagnoseCase(each, worldOf(each.change ?? [], each.world))), []);
  });
}

for (const name of demoNames) {
  test(`the report of demo ${name} is as the schema says, as it is printed`, async () => {
    const {service: ask, namespace} = demos[name];
    assert.deepEqual(complaintsAbout(JSON.parse(renderJson(await diagnoseCase({ask: ask ?? 'dns', namespace}, await openRecording(recordingFile(name)))))), []);
  });
}

const good: Readonly<Record<string, Report>> = {
  'a healthy report': healthyReport,
  'a broken report': brokenReport,
  'a report that could not tell': unknownReport,
  'nothing examined at all': {...unknownReport, checks: [], reach: []},
  'a report about DNS': dnsReport,
  'a report about all nodes': nodesReport,
  'what is accepted does not count': {...healthyReport, accepted: [{finding: brokenReport.findings[0]!, by: 'suppression', reason: 'r', expires: '2027-01-31'}, {finding: brokenReport.findings[1]!, by: 'baseline', reason: 'r', expires: null}]},
  'a finding that was accepted': {...brokenReport, findings: brokenReport.findings.map(each => ({...each, expired: {on: '2027-01-31', reason: 'r', level: 'error' as const}}))},
  'a server of unknown version': {...healthyReport, source: {kind: 'live', context: 'in-cluster', server: null}},
  'a check that crashed': {...unknownReport, checks: [{id: 'a-check', link: 'Service', question: 'All is well', outcome: 'crashed', why: 'this is a bug of kdiag: x is undefined', findings: [], ms: 0}]},
};
for (const [name, report] of Object.entries(good)) test(`accepted: ${name}`, () => assert.deepEqual(complaintsAbout(report), []));

const [finding] = brokenReport.findings;
const [check] = brokenReport.checks;
const dns = dnsReport.dns!;
const [line] = nodesReport.nodes!;
const [cell, , unasked] = dns.matrix;
/** What is wrong with it, and where the complaint must point. */
const bad: readonly (readonly [string, unknown, RegExp])[] = [
  ['another schemaVersion', {...healthyReport, schemaVersion: 'kdiag.report/v2'}, /^\/schemaVersion /],
  ['an unknown property', {...healthyReport, extra: 1}, /extra/],
  ['no verdict', {...healthyReport, verdict: undefined}, /verdict/],
  ['a status that is no status', {...healthyReport, status: 'ok'}, /^\/status /],
  ['healthy, with an error', {...brokenReport, status: 'healthy'}, /^\/findings/],
  ['broken, with no error', {...healthyReport, status: 'broken'}, /^\/findings/],
  ['broken, and no root cause', {...brokenReport, verdict: {summary: 'It is broken', rootCauses: []}}, /^\/verdict\/rootCauses/],
  ['degraded, with no warning', {...healthyReport, status: 'degraded'}, /^\/findings/],
  ['an empty summary', {...healthyReport, verdict: {summary: '', rootCauses: []}}, /^\/verdict\/summary/],
  ['a live report with recordedAt', {...healthyReport, source: {kind: 'live', context: 'x', server: null, recordedAt: '2026-01-01T00:00:00Z'}}, /^\/source/],
  ['a recording without recordedAt', {...healthyReport, source: {kind: 'recording', context: 'x', server: null}}, /recordedAt/],
  ['a time that is none', {...healthyReport, startedAt: 'yesterday'}, /^\/startedAt/],
  ['a negative duration', {...healthyReport, ms: -1}, /^\/ms/],
  ['a code with capitals', {...brokenReport, findings: [{...finding, code: 'Bad_Code'}]}, /^\/findings\/0\/code/],
  ['a finding without evidence', {...brokenReport, findings: [{...finding, evidence: undefined}]}, /evidence/],
  ['evidence of an unknown kind', {...brokenReport, findings: [{...finding, evidence: [{kind: 'hearsay', from: 'x', text: 'y'}]}]}, /^\/findings\/0\/evidence\/0\/kind/],
  ['a subject without namespace', {...brokenReport, findings: [{...finding, subject: {kind: 'Node', name: 'node1'}}]}, /^\/findings\/0\/subject/],
  ['a skipped check without why', {...brokenReport, checks: [{...check, outcome: 'skipped', findings: []}]}, /^\/checks\/0/],
  ['a failed check without finding', {...brokenReport, checks: [{...check, outcome: 'fail', findings: []}]}, /^\/checks\/0\/findings/],
  ['a note on a failed check', {...brokenReport, checks: [{...check, outcome: 'fail', note: 'well'}]}, /^\/checks\/0/],
  ['something untold of a check that passed', {...brokenReport, checks: [{...check, outcome: 'pass', findings: [], untold: 'half'}]}, /^\/checks\/0/],
  ['something accepted without a reason', {...healthyReport, accepted: [{finding, by: 'suppression', reason: '', expires: '2027-01-31'}]}, /^\/accepted\/0\/reason/],
  ['something accepted until some day', {...healthyReport, accepted: [{finding, by: 'suppression', reason: 'r', expires: 'soon'}]}, /^\/accepted\/0\/expires/],
  ['a finding that expired somehow', {...brokenReport, findings: [{...finding, expired: {on: '2027-01-31'}}]}, /^\/findings\/0\/expired/],
  ['a share above 1', {...healthyReport, reach: [{from: {kind: 'Node', name: 'node1'}, to: 'a/b:80/TCP', predicted: 1.5}]}, /^\/reach\/0\/predicted/],
  ['answers of a server of an unknown kind', {...dnsReport, dns: {...dns, matrix: [{...cell, to: {...cell!.to, kind: 'oracle'}}]}}, /^\/dns\/matrix\/0\/to\/kind/],
  ['more answers than none, and nothing was sent', {...dnsReport, dns: {...dns, matrix: [{...unasked, tries: 5}]}}, /^\/dns\/matrix\/0\/tries/],
  ['nothing was sent, without a reason', {...dnsReport, dns: {...dns, matrix: [{...unasked, why: undefined}]}}, /why/],
  ['a place of kind Pod without a namespace', {...dnsReport, dns: {...dns, resolvers: [{...dns.resolvers[0], at: {...dns.resolvers[0]!.at, namespace: null}}]}}, /^\/dns\/resolvers\/0\/at/],
  ['a node in a mode that there is not', {...nodesReport, nodes: [{...line, mode: 'ebpf'}]}, /^\/nodes\/0\/mode/],
  ['a node whose rules are fine', {...nodesReport, nodes: [{...line, rules: 'fine'}]}, /^\/nodes\/0\/rules/],
  ['a node without its findings', {...nodesReport, nodes: [{...line, findings: undefined}]}, /findings/],
  ['a lookup that ended somehow', {...dnsReport, dns: {...dns, lookups: [{...dns.lookups[0], outcome: 'perhaps'}]}}, /^\/dns\/lookups\/0\/outcome/],
  ['an unknown share without a reason', {...healthyReport, reach: [{from: {kind: 'Node', name: 'node1'}, to: 'a/b:80/TCP', predicted: null}]}, /^\/reach\/0/],
];
for (const [name, report, where] of bad) {
  test(`refused: ${name}`, () => {
    const complaints = complaintsAbout(report);
    assert.ok(complaints.some(line => where.test(line)), complaints.join('\n') || 'no complaint at all');
  });
}
