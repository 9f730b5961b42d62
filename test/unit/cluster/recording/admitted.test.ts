import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {test} from 'node:test';
import {known} from '../../../../src/cluster/answer.ts';
import type {ConfigMap, KubeObject} from '../../../../src/cluster/objects.ts';
import {encodeRecording, loadRecording, openRecording} from '../../../../src/cluster/recording/file.ts';
import {recordedConfigMaps} from '../../../../src/cluster/recording/recorded-config-maps.ts';
import {archive, files, manifest} from './damage.ts';
import {recordingOf} from './recordings.ts';

const configMap = (namespace: string, name: string, data: Readonly<Record<string, string>> = {}): ConfigMap => ({apiVersion: 'v1', kind: 'ConfigMap', metadata: {name, namespace}, data});

test('of ConfigMaps, only those of the cluster\'s own network are kept', async () => {
  const kept = configMap('kube-system', 'coredns', {Corefile: '.:53 {\n}\n'});
  const foreign = configMap('shop', 'settings', {password: 'hunter2'});
  const bytes = await encodeRecording(recordingOf([
    {ask: 'get', resource: 'configmaps', namespace: 'shop', name: 'settings', answer: known(foreign)},
    {ask: 'get', resource: 'configmaps', namespace: 'shop', name: 'gone', answer: known(null)},
    {ask: 'list', query: {resource: 'configmaps'}, answer: known([kept, foreign])},
    {ask: 'list', query: {resource: 'configmaps', namespace: 'kube-system'}, answer: known([kept])},
  ]));
  assert.ok(!JSON.stringify(await loadRecording(bytes)).includes('hunter2'));
  const cluster = await openRecording(bytes);
  const why = (answer: object): string => ('unknown' in answer ? (answer.unknown as {why: string}).why : 'known');
  assert.equal(why(await cluster.get('configmaps', 'shop', 'settings')), 'not-recorded');
  assert.deepEqual(await cluster.get('configmaps', 'shop', 'gone'), known(null));
  assert.equal(why(await cluster.list({resource: 'configmaps'})), 'not-recorded');
  assert.deepEqual(await cluster.get('configmaps', 'kube-system', 'coredns'), known(kept));
  assert.deepEqual(await cluster.list({resource: 'configmaps', namespace: 'kube-system'}), known([kept]));
});

test('a ConfigMap that somebody put into a file is left out when it is read', async () => {
  const foreign = JSON.stringify(configMap('shop', 'settings', {password: 'hunter2'}));
  const path = 'objects/configmaps/shop/settings.json';
  const bytes = archive(files({[path]: foreign, 'recording.json': manifest(({questions}) => questions.push({ask: 'get', resource: 'configmaps', namespace: 'shop', name: 'settings', known: path}))}));
  assert.ok(!JSON.stringify(await loadRecording(bytes)).includes('hunter2'));
});

test('credentials in a configuration that is kept are not', async () => {
  const corefile = '.:53 {\n  etcd {\n    credentials admin hunter2\n  }\n  route53 example.org.:Z1 {\n    aws_access_key KEYID hunter2\n  }\n}\n';
  const kubeconfig = 'users:\n- name: default\n  user:\n    token: hunter2\n    password: "hunter2"\n    client-key-data: hunter2==\n    tokenFile: /var/run/token\n';
  const bytes = await encodeRecording(recordingOf(['coredns', 'kube-proxy'].map(name => ({ask: 'get', resource: 'configmaps', namespace: 'kube-system', name, answer: known(configMap('kube-system', name, {Corefile: corefile, 'kubeconfig.conf': kubeconfig}))}))));
  const text = JSON.stringify(await loadRecording(bytes));
  assert.ok(!text.includes('hunter2'));
  assert.ok(text.includes('tokenFile: /var/run/token') && text.includes('credentials REDACTED'));
});

test('environment values, command lines and foreign annotations are taken out when written and when read', async () => {
  const pod = {
    apiVersion: 'v1', kind: 'Pod', metadata: {name: 'p', namespace: 'shop', annotations: {'corp.example/note': 'hunter2', 'kubectl.kubernetes.io/last-applied-configuration': 'hunter2'}, managedFields: ['hunter2']},
    spec: {containers: [{name: 'app', env: [{name: 'PASSWORD', value: 'hunter2'}], envFrom: [{secretRef: {name: 'hunter2'}}], args: ['--password=hunter2']}]},
  } as unknown as KubeObject;
  const path = 'objects/pods/shop/p.json';
  const written = await encodeRecording(recordingOf([{ask: 'get', resource: 'pods', namespace: 'shop', name: 'p', answer: known(pod)}]));
  const given = archive(files({[path]: JSON.stringify(pod), 'recording.json': manifest(({questions}) => questions.push({ask: 'get', resource: 'pods', namespace: 'shop', name: 'p', known: path}))}));
  for (const bytes of [written, given]) {
    const text = JSON.stringify(await loadRecording(bytes));
    assert.ok(text.includes('PASSWORD') && !text.includes('hunter2'));
  }
});

test('the page on the format names the same ConfigMaps', async () => {
  const page = await readFile(new URL('../../../../docs/recording-format.md', import.meta.url), 'utf8');
  const listed = [...page.matchAll(/^- `([a-z0-9-]+\/[a-z0-9.-]+)`$/gm)].map(([, name]) => name);
  assert.deepEqual(listed.sort(), [...recordedConfigMaps].sort());
});
