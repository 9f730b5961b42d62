import assert from 'node:assert/strict';
import {test} from 'node:test';
import {connectionFailure, oneLine, refusal} from '../../../../src/cluster/live/errors.ts';

test('failures of the connection are sentences', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['ECONNREFUSED', 'unreachable', 'connection refused'],
    ['ENOTFOUND', 'unreachable', 'its host name does not exist'],
    ['EAI_AGAIN', 'unreachable', 'its host name could not be looked up'],
    ['EHOSTUNREACH', 'unreachable', 'no route to the host'],
    ['ETIMEDOUT', 'timeout', 'the connection timed out'],
    ['CERT_HAS_EXPIRED', 'unreachable', 'its certificate has expired'],
    ['HPE_INVALID_CONSTANT', 'unreachable', 'its answer is not HTTP'],
    ['EWHATEVER', 'unreachable', 'some words (EWHATEVER)'],
  ];
  for (const [code, why, text] of cases) assert.deepEqual(connectionFailure(Object.assign(new Error('some words'), {code}), 'https://x'), {why, detail: `cannot reach the API server https://x: ${text}`});
  assert.equal(connectionFailure(Object.assign(new Error('x'), {code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'}), 'https://x').why, 'unauthorized');
  // Happy Eyeballs: one error for all of a name's addresses, without a message
  assert.equal(connectionFailure(Object.assign(new AggregateError([]), {code: 'ECONNREFUSED'}), 'https://x').why, 'unreachable');
});

test('answers other than success are told by the API\'s message, or by their number', () => {
  const body = (message: string): Buffer => Buffer.from(JSON.stringify({kind: 'Status', message}));
  assert.deepEqual(refusal(403, body('no.')), {why: 'forbidden', detail: 'no'});
  assert.deepEqual(refusal(410, body('gone')), {why: 'lost', detail: 'gone'});
  assert.deepEqual(refusal(422, body('bad')), {why: 'refused', detail: 'bad'});
  assert.deepEqual(refusal(504, body('slow')), {why: 'timeout', detail: 'the API server answered HTTP 504: slow'});
  assert.deepEqual(refusal(503, Buffer.from('<html>')), {why: 'unreachable', detail: 'the API server answered HTTP 503'});
  assert.deepEqual(refusal(400, Buffer.from('Client sent an HTTP request to an HTTPS server.\n')), {why: 'absent', detail: 'Client sent an HTTP request to an HTTPS server'});
});

test('what others wrote becomes one line without control characters', () => {
  assert.equal(oneLine('a\n\u001B[31mred\t b.\r\n'), 'a [31mred b');
  assert.equal(oneLine('x'.repeat(1000)).length, 601);
});
