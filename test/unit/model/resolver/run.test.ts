import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Reply} from '../../../../src/model/resolver/looked-up.ts';
import {cost, run} from '../../../../src/model/resolver/run.ts';
import {asked, expansion, looked, pod, reply} from './lookups.ts';

const two = 'search a b\nnameserver 10.0.0.1\noptions ndots:5\n';
const servers = 'search a\nnameserver 10.0.0.1\nnameserver 10.0.0.2\noptions ndots:1\n';
const both = (...names: string[]): string[] => names.flatMap(name => [`A ${name}`, `AAAA ${name}`]);

test('whoami is found by the first suffix, whoami.default by the second', () => {
  for (const libc of ['glibc', 'musl']) {
    const answers = {'whoami.default.svc.cluster.local': '1n'};
    assert.deepEqual(asked(looked(libc, pod, 'whoami', answers)), both('whoami.default.svc.cluster.local'), libc);
    const result = looked(libc, pod, 'whoami.default', answers);
    assert.deepEqual([result.outcome, result.winner], ['found', 1], libc);
    assert.deepEqual(asked(result), both('whoami.default.default.svc.cluster.local', 'whoami.default.svc.cluster.local'), libc);
  }
});

test('NODATA: glibc goes on, musl ends there', () => {
  const answers = {'web.a': 'nn', 'web.b': '1n'};
  assert.deepEqual([looked('glibc', two, 'web', answers).outcome, looked('glibc', two, 'web', answers).winner], ['found', 1]);
  assert.deepEqual([looked('musl', two, 'web', answers).outcome, looked('musl', two, 'web', answers).winner], ['no-data', 0]);
  assert.equal(looked('glibc', two, 'web', {'web.a': 'nn'}).outcome, 'no-data'); // remembered
});

test('an alias without an address is an end to both', () => {
  for (const libc of ['glibc', 'musl']) assert.deepEqual([looked(libc, two, 'web', {'web.a': 'cc', 'web.b': '11'}).outcome, looked(libc, two, 'web', {'web.a': 'cc', 'web.b': '11'}).winner], ['no-data', 0], libc);
});

test('SERVFAIL: glibc asks again, goes on and remembers; musl asks again and ends', () => {
  const glibc = looked('glibc', two, 'web', {'web.a': 'ss', 'web.b': '11'});
  assert.deepEqual([glibc.outcome, glibc.winner, glibc.waited], ['found', 1, 0]);
  assert.deepEqual(asked(glibc), both('web.a', 'web.a', 'web.b'));
  assert.equal(looked('glibc', two, 'web', {'web.a': 'ss'}).outcome, 'try-again');
  const musl = looked('musl', two, 'web', {'web.a': 'ss', 'web.b': '11'});
  assert.deepEqual([musl.outcome, musl.sent.length, musl.waited, musl.steps], ['try-again', 12, 5, [{candidate: 0, result: 'server-failure', wentOn: false}]]);
});

test('half of a pair: one that answers is enough for glibc, not for musl since 1.2.1', () => {
  assert.equal(looked('glibc', two, 'web', {'web.a': '1s'}).outcome, 'found');
  assert.equal(looked('glibc', two, 'web', {'web.a': 's1'}).outcome, 'found');
  assert.equal(looked('glibc', two, 'web', {'web.a': '1x'}).winner, 0);
  assert.equal(looked('musl', two, 'web', {'web.a': '1s'}).outcome, 'try-again');
  assert.deepEqual(looked('musl', two, 'web', {'web.a': '1x', 'web.b': '11'}).winner, 1);
  assert.equal(looked('musl-1.2.0', two, 'web', {'web.a': '1x'}).winner, 0);
  for (const libc of ['glibc', 'musl']) assert.equal(looked(libc, two, 'web', {'web.a': '1n'}).winner, 0);
});

test('one half lost: glibc asks one after the other, then on sockets of their own, and takes the half; 15 s', () => {
  const result = looked('glibc', two, 'web', {'web.a': '1-'});
  assert.deepEqual(asked(result), both('web.a', 'web.a', 'web.a'));
  assert.deepEqual([result.outcome, result.waited], ['found', 15]);
  const musl = looked('musl', two, 'web', {'web.a': '1-'});
  assert.deepEqual(asked(musl), ['A web.a', 'AAAA web.a', 'AAAA web.a']);
  assert.deepEqual([musl.outcome, musl.waited], ['try-again', 5]);
});

test('silence ends the search list of glibc, the name is still tried as it stands; refused everywhere ends it all', () => {
  const silent = looked('glibc', two, 'web', {'web.a': '--', web: '1n'});
  assert.deepEqual(asked(silent), both('web.a', 'web.a', 'web'));
  assert.deepEqual([silent.outcome, silent.winner, silent.waited], ['found', 2, 10]);
  const dead = looked('glibc', two, 'web', {'web.a': '!!'});
  assert.deepEqual([dead.outcome, dead.steps], ['try-again', [{candidate: 0, result: 'unreachable', wentOn: false}]]);
  const refusing = looked('glibc', two, 'web', {'web.a': 'rr', 'web.b': '11', web: '11'});
  assert.equal(refusing.winner, 2);
});

test('the error of the name as it stands counts if that was asked first', () => {
  const text = 'search a\nnameserver 10.0.0.1\n';
  assert.equal(looked('glibc', text, 'w.x', {'w.x.a': 'nn'}).outcome, 'does-not-exist');
  assert.equal(looked('glibc', text, 'w.x', {'w.x': 'nn'}).outcome, 'no-data');
});

test('several servers: glibc one after the other, musl all at once, nslookup the next only if one is silent', () => {
  const answers = {'@10.0.0.1': '--', '@10.0.0.2': '1n'};
  const glibc = looked('glibc', servers, 'w.x', answers);
  assert.deepEqual(asked(glibc), ['A w.x @10.0.0.1', 'AAAA w.x @10.0.0.1', 'A w.x @10.0.0.2', 'AAAA w.x @10.0.0.2']);
  assert.equal(glibc.waited, 5);
  const musl = looked('musl', servers, 'w.x', answers);
  assert.deepEqual(asked(musl), ['A w.x @10.0.0.1', 'A w.x @10.0.0.2', 'AAAA w.x @10.0.0.1', 'AAAA w.x @10.0.0.2']);
  assert.deepEqual([musl.outcome, musl.waited], ['found', 0]);
  const nslookup = looked('busybox', servers, 'w.x', answers);
  assert.equal(nslookup.sent.length, 6);
  assert.deepEqual([nslookup.outcome, nslookup.waited], ['found', 5]);
});

test('nslookup asks all at once, A before AAAA, and never for the name as it stands', () => {
  const result = looked('busybox', two, 'web', {'web.b': '1n'});
  assert.deepEqual(asked(result), ['A web.a', 'A web.b', 'AAAA web.a', 'AAAA web.b']);
  assert.deepEqual([result.outcome, result.winner], ['found', 1]);
});

test('a truncated answer is asked for by TCP: both of the pair by glibc, the one by musl since 1.2.4', () => {
  const sent = (libc: string, text = two): string[] => run(expansion(libc, text, 'web'), ({name, type, protocol}): Reply => (name === 'web.a' ? {kind: 'message', rcode: 'NOERROR', answers: 1, wanted: 1, truncated: protocol === 'udp' && type === 'A'} : reply('x')))
    .sent.map(({type, protocol}) => `${type}/${protocol}`);
  assert.deepEqual(sent('glibc'), ['A/udp', 'AAAA/udp', 'A/tcp', 'AAAA/tcp']);
  assert.deepEqual(sent('musl'), ['A/udp', 'AAAA/udp', 'A/tcp']);
  assert.deepEqual(sent('musl-1.2.3'), ['A/udp', 'AAAA/udp']);
  assert.deepEqual(sent('glibc', `${two}options use-vc\n`), ['A/tcp', 'AAAA/tcp']);
});

test('no-aaaa: AAAA alone is asked as A; what was found, and silence, is told as no data', () => {
  const text = `${two}options no-aaaa\n`;
  const found = looked('glibc', text, 'web', {'web.a': '11'}, ['AAAA']);
  assert.deepEqual([found.outcome, asked(found)], ['no-data', ['A web.a', 'A web.b', 'A web']]);
  assert.equal(looked('glibc', text, 'web', {'web.a': '--', 'web.b': 'xx'}, ['AAAA']).outcome, 'no-data');
  assert.equal(looked('glibc', text, 'web', {}, ['AAAA']).outcome, 'does-not-exist');
  assert.deepEqual(asked(looked('glibc', text, 'web', {'web.a': '11'})), ['A web.a']);
});

test('SERVFAIL of the second half by TCP, where both halves are kept, ends the search list', () => {
  const result = looked('glibc', `${two}options use-vc\n`, 'web', {'web.a': 'ns', 'web.b': '11', web: 'xx'});
  assert.deepEqual([result.outcome, result.steps.map(({candidate}) => candidate)], ['does-not-exist', [0, 2]]);
  assert.equal(looked('glibc', `${two}options use-vc\n`, 'web', {'web.a': 'sn', 'web.b': '11'}).winner, 1);
});

test('what a lookup costs', () => {
  const glibc = expansion('glibc', pod, 'example.com');
  assert.deepEqual([cost(glibc, 0), cost(glibc, 4), cost(glibc, null)], [2, 10, 10]);
  const musl = expansion('musl', `${pod}nameserver 10.43.0.11\n`, 'example.com');
  assert.deepEqual([cost(musl, 0), cost(musl, 4), cost(musl, null)], [4, 20, 20]);
  assert.equal(cost(expansion('glibc', pod, 'example.com.'), 0), 2);
  assert.equal(cost(expansion('glibc', pod, '10.0.0.1'), null), 0);
});
