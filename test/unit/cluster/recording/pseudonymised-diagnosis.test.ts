import assert from 'node:assert/strict';
import {test} from 'node:test';
import {dnsChecks, serviceChecks} from '../../../../src/checks/index.ts';
import {loadRecording} from '../../../../src/cluster/recording/file.ts';
import {pseudonymise} from '../../../../src/cluster/recording/pseudonymise/pseudonymise.ts';
import {RecordedCluster} from '../../../../src/cluster/recording/recorded-cluster.ts';
import type {Recording} from '../../../../src/cluster/recording/recording.ts';
import {demoNames, demos, recordingFile} from '../../../../src/demo/demos.ts';
import {diagnose} from '../../../../src/diagnose/diagnose.ts';

/** What a report says, without the names in it and the order that they make. */
async function told(recording: Recording, namespace: string, service: string | null): Promise<object> {
  const {status, findings, checks, reach, verdict} = await diagnose(new RecordedCluster(recording), service === null
    ? {command: {name: 'dns', args: {}}, target: {kind: 'dns', namespace, name: null, type: null, from: null, tries: 5}, checks: dnsChecks}
    : {command: {name: 'svc', args: {}}, target: {kind: 'service', namespace, service, port: null, from: null}, checks: serviceChecks});
  return {
    status,
    findings: findings.map(({code, level, evidence}) => `${code} ${level} ${evidence.length}`).sort(),
    rootCauses: verdict.rootCauses.map(({code}) => code).sort(),
    checks: checks.map(({id, outcome}) => `${id} ${outcome}`),
    reach: reach.map(({from, predicted}) => `${from.kind} ${predicted}`).sort(),
  };
}

for (const name of demoNames) {
  test(`pseudonymised, ${name} is diagnosed as before`, async () => {
    const {namespace, service} = demos[name];
    const recording = await loadRecording(recordingFile(name));
    const pseudonymised = pseudonymise(recording, 'a key');
    const asked = (of: Recording): readonly string[] => of.exchanges.flatMap(exchange => (exchange.ask === 'list' && exchange.query.resource === 'services' && 'known' in exchange.answer ? exchange.answer.known.map(({metadata}) => metadata.name) : []));
    const renamed = service === null || service === 'kubernetes' ? service : asked(pseudonymised).find(other => other !== 'kubernetes' && other !== 'kube-dns') ?? gets(pseudonymised);
    assert.deepEqual(await told(pseudonymised, namespace === 'default' ? namespace : namespaceGot(pseudonymised), renamed), await told(recording, namespace, service));
  });
}

/** The Service that was got by its name, where none was listed. */
function gets(recording: Recording): string {
  const exchange = recording.exchanges.find(each => each.ask === 'get' && each.resource === 'services');
  return exchange?.ask === 'get' ? exchange.name : assert.fail('no Service in the recording');
}

/** Of the Service that was got by its name: one of the system's keeps its namespace, any other has a pseudonym. */
function namespaceGot(recording: Recording): string {
  const exchange = recording.exchanges.find(each => each.ask === 'get' && each.resource === 'services');
  return (exchange?.ask === 'get' ? exchange.namespace : null) ?? assert.fail('no Service in the recording');
}
