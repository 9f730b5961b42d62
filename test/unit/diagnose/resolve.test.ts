import assert from 'node:assert/strict';
import {test} from 'node:test';
import * as fc from 'fast-check';
import {nameFault} from '../../../src/diagnose/dns-name.ts';
import {resolveOffline} from '../../../src/diagnose/resolve.ts';
import type {ResolveReport} from '../../../src/diagnose/resolve-report.ts';
import {readName} from '../../../src/model/resolver/name.ts';
import {renderResolve} from '../../../src/report/resolve.ts';
import {libc, pod} from '../model/resolver/lookups.ts';
import {complaintsAboutResolve} from '../report/resolve-schema.ts';

const same = (text: string): string => text;
const style = {width: 80, good: same, bad: same, caution: same, faint: same, strong: same};

function resolved(of: string, name: string, text: string = pod, types: readonly string[] = ['A', 'AAAA']): ResolveReport {
  const read = readName(name);
  assert.ok(!('fault' in read));
  return resolveOffline({name: 'resolve', args: {name}}, libc(of), text, {name: read, types});
}

test('queries add up, candidate by candidate; a second server of musl doubles them', () => {
  assert.deepEqual(resolved('glibc', 'web').candidates.map(({queries}) => queries), [2, 4, 6, 8, 10]);
  assert.deepEqual(resolved('musl', 'web', `${pod}nameserver 10.43.0.11\n`).candidates.map(({queries}) => queries), [4, 8, 12, 16, 20]);
  assert.deepEqual(resolved('busybox', 'web').queries, {first: 8, none: 8});
  assert.equal(resolved('glibc', '10.0.0.1').queries, null);
});

test('what is odd about a file is said, with its line', () => {
  const said = (of: string, text: string): string => resolved(of, 'web', text).notes.map(({message}) => message).join('\n');
  assert.match(said('glibc', 'nameserver dns.example\n'), /line 1: “dns\.example” is no address/);
  assert.match(said('glibc', 'nameserver dns.example\n'), /asks 127\.0\.0\.1/);
  assert.match(said('glibc', 'lookup file\n'), /line 1 is not understood: lookup file/);
  assert.match(said('glibc', 'search a # b\n'), /line 1: a comment has its own line/);
  assert.match(said('musl', ' search a\n'), /line 1 starts with a blank: musl does not read it/);
  assert.match(said('musl', `search ${'x'.repeat(300)}\n`), /line 1 has 307 characters: musl skips/);
  assert.match(said('busybox', 'search a\ndomain b\n'), /line 2: nslookup ignores domain after search/);
  assert.match(resolved('musl', 'web', 'options attempts:0\n').summary, /keeps it from asking/);
  assert.match(said('musl', 'options attempts:0\n'), /SIGFPE/);
});

test('whatever the file and the name, there is a report as the schema says, and its text has no line of control characters', () => {
  const word = fc.constantFrom('nameserver ', 'search ', 'domain ', 'options ', ' ', '\n', '\n', '\t', '#', 'a.b ', '. ', '.c ', '10.0.0.1 ', '::1 ', 'ndots:7 ', 'ndots:-1 ', 'attempts:0 ', 'timeout:0 ', 'use-vc ', 'no-aaaa ', 'rotate ', '\u001b[2J', `${'y'.repeat(70)} `, 'x.'.repeat(130));
  const names = fc.constantFrom('web', 'a.b', 'a.b.c.d.e.f', 'web.', '.', '10.0.0.1', '::1', '-a', 'a*b', 'a\\.b', 'localhost', `${'n'.repeat(63)}.${'m'.repeat(63)}.${'o'.repeat(63)}`);
  fc.assert(fc.property(fc.array(word, {maxLength: 30}).map(words => words.join('')), names, fc.constantFrom('glibc', 'glibc-2.17', 'musl', 'musl-1.2.3', 'musl-1.1.12', 'busybox'), fc.constantFrom(['A', 'AAAA'], ['A'], ['AAAA'], ['SRV'], ['PTR']), (text, name, of, types) => {
    const report = resolved(of, name, text, types);
    assert.deepEqual(complaintsAboutResolve(report), []);
    assert.doesNotMatch(renderResolve(report, style), /[^\P{Cc}\n]/u);
  }), {numRuns: 1500});
});

test('why a name cannot be looked up', () => {
  for (const [text, why] of [['a'.repeat(64), /64 octets, and a label has at most 63/], [`${'a.'.repeat(127)}bb`, /258 octets, and a name has at most 255/], ['a..b', /nothing stands before, or between/], ['.a', /nothing stands before/],
    ['münchen.example', /xn--mnchen-3ya\.example \(IDNA\)/], ['a\\9', /is no escape/], ['a b', /a blank or a control character/], ['', /empty/]] as const) assert.match(nameFault(text) ?? '', why);
  assert.equal(nameFault('_http._tcp.web'), null);
});
