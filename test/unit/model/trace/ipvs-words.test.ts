import assert from 'node:assert/strict';
import {test} from 'node:test';
import {ruleWords} from '../../../../src/model/trace/step-words.ts';

const last = {next: null, end: 'pass', to: null} as const;
const line = (chain: string, raw: string) => ({table: 'ipvs', chain, raw, comment: null});

for (const [chain, raw, words] of [
  ['TCP 10.96.0.10:53', 'TCP 10.96.0.10:53 rr', "packets for 10.96.0.10:53/TCP are shared between the virtual server's destinations by rr (in turn)"],
  ['TCP 10.96.0.10:53', '  -> 10.244.1.2:53 Masq 1 0 0', 'packets for 10.96.0.10:53/TCP go to 10.244.1.2:53 (weight 1)'],
  ['UDP [fd00::a]:53', '  -> [fd01::2]:53 Local 0 3 1', 'packets for [fd00::a]:53/UDP go to [fd01::2]:53 (weight 0, forwarded by Local)'],
  ['TCP 10.96.0.10:53', 'TCP 10.96.0.10:53 sh persistent   (a client keeps its destination: shares are those of many clients)', "packets for 10.96.0.10:53/TCP are shared between the virtual server's destinations by sh (by the client's address)"],
  ['TCP 10.96.0.10:53', 'TCP 10.96.0.10:53 rr   (it has no destination)', 'packets for 10.96.0.10:53/TCP are refused: their virtual server has no destination'],
  ['FWM 64', 'FWM 64 fo', "packets marked 64 are shared between the virtual server's destinations by fo"],
  ['TCP 10.96.0.10:53', 'something else', 'something else'],
] as const) test(raw, () => assert.equal(ruleWords(line(chain, raw), last), words));

test('what is of no kind that kdiag knows speaks for itself', () => assert.equal(ruleWords({table: 't', chain: 'c', raw: 'raw text', comment: null}, last), 'raw text'));
