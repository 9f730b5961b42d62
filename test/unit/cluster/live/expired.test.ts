import assert from 'node:assert/strict';
import {test} from 'node:test';
import {expiredCredential} from '../../../../src/cluster/live/expired.ts';

const token = (claims: unknown): string => `Bearer e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`;
const at = (claims: unknown, now: number): string | null => expiredCredential({headers: {Authorization: token(claims)}, tls: {}}, now);

test('a token that has ended is told with its end', () => assert.equal(at({exp: 1_700_003_600}, 1_800_000_000_000), 'the token expired at 2023-11-14T23:13:20.000Z'));
test('one that has not is not', () => assert.equal(at({exp: 1_700_003_600}, 1_700_000_000_000), null));
for (const [name, claims] of [['no end', {}], ['an end that is no number', {exp: 'soon'}], ['an end beyond all dates', {exp: 1e300}], ['no object', 3]] as const) {
  test(`a token with ${name} says nothing`, () => assert.equal(at(claims, 1_800_000_000_000), null));
}
test('what is no token says nothing', () => {
  for (const Authorization of ['', 'Bearer abc', 'Bearer a.!.c', 'Basic dTpw']) assert.equal(expiredCredential({headers: {Authorization}, tls: {cert: 'no certificate'}}, Date.now()), null);
});
