import assert from 'node:assert/strict';
import {test} from 'node:test';
import {complaintsOf} from '../../../src/model/apiserver/complaints.ts';

const asked = (line: string, addresses: readonly string[] = ['10.96.0.1']): boolean => complaintsOf(`fine\n${line}\nfine`, addresses, 443).length > 0;

test('programs that say that they did not reach the API server', () => {
  for (const line of [
    'E1121 x.go:230] Failed to create SubnetManager: Get "https://10.96.0.1:443/api/v1/nodes/n": dial tcp 10.96.0.1:443: connect: connection refused',
    '[ERROR][1] tigera-operator: Get "https://10.96.0.1:443/api?timeout=32s": dial tcp 10.96.0.1:443: i/o timeout',
    'Unable to connect to https://10.96.0.1/api: context deadline exceeded',
    'curl: (28) Failed to connect to kubernetes.default.svc port 443: Connection timed out',
    '[WARNING] plugin/kubernetes: starting server with unsynced Kubernetes API',
  ]) assert.equal(asked(line), true, line);
  assert.equal(asked('dial tcp [fd00::1]:443: connect: no route to host', ['10.96.0.1', 'fd00::1']), true);
});

test('what is no such complaint: another address, another port, no failure', () => {
  for (const line of ['dial tcp 110.96.0.1:443: connect: connection refused', 'dial tcp 10.96.0.1:4430: connect: connection refused', 'dial tcp 10.96.0.10:53: i/o timeout', 'connected to https://10.96.0.1:443', 'dial tcp 192.0.2.1:5432: connect: connection refused']) assert.equal(asked(line), false, line);
});

test('each once, and the last ones', () => {
  const line = (n: number): string => `${n} dial tcp 10.96.0.1:443: i/o timeout`;
  assert.deepEqual(complaintsOf([line(1), line(2), line(3), line(3)].join('\n'), ['10.96.0.1'], 443), [line(2), line(3)]);
});
