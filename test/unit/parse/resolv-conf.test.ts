import assert from 'node:assert/strict';
import {test} from 'node:test';
import * as fc from 'fast-check';
import {optionValue, parseResolvConf, printResolvConf, writeResolvConf} from '../../../src/parse/resolv-conf.ts';

const pod = 'search default.svc.cluster.local svc.cluster.local cluster.local ca-central-1.compute.internal\nnameserver 10.43.0.10\noptions ndots:5\n';

test("a pod's file", () => {
  const conf = parseResolvConf(pod);
  assert.deepEqual(conf.nameservers, ['10.43.0.10']);
  assert.deepEqual(conf.search, ['default.svc.cluster.local', 'svc.cluster.local', 'cluster.local', 'ca-central-1.compute.internal']);
  assert.deepEqual(conf.options, [{name: 'ndots', value: '5', line: 3}]);
  assert.deepEqual(conf.searchLine, {keyword: 'search', line: 1});
  assert.deepEqual(conf.strange, []);
  assert.equal(writeResolvConf({search: conf.search, nameservers: conf.nameservers, options: ['ndots:5']}), pod);
});

test('of search and domain the last one wins; domain names one; one that names nothing does not count', () => {
  assert.deepEqual(parseResolvConf('search a b\ndomain c d\nsearch\n').search, ['c']);
  assert.deepEqual(parseResolvConf('domain c\nsearch a\tb  \n').search, ['a', 'b']);
  assert.equal(parseResolvConf('nameserver 1.1.1.1').searchLine, null);
});

test('options of several lines are merged, the later one counts', () => {
  const conf = parseResolvConf('options ndots:5 rotate\noptions ndots:2 timeout:\n');
  assert.equal(optionValue(conf, 'ndots'), '2');
  assert.equal(optionValue(conf, 'rotate'), null);
  assert.equal(optionValue(conf, 'timeout'), '');
  assert.equal(optionValue(conf, 'attempts'), undefined);
});

test('comments mean nothing; what looks like one but is none, and all else, is named with its line', () => {
  const text = '# a\n; b\n\nsortlist 10.0.0.0\nsearch a # the site\n nameserver 10.0.0.1\nnameserver\nnameserver dns.example\nnameserver fe80::1%eth0\nlookup file bind\r\n';
  const conf = parseResolvConf(text);
  assert.deepEqual(conf.strange.map(({line, why}) => [line, why]), [[4, 'keyword'], [5, 'inline-comment'], [6, 'indented'], [7, 'nothing-given'], [8, 'not-an-address'], [10, 'keyword']]);
  assert.deepEqual(conf.search, ['a', '#', 'the', 'site']);
  assert.equal(conf.strange.at(-1)?.text, 'lookup file bind\r');
});

test('nothing is lost, whatever the file', () => {
  const word = fc.constantFrom('nameserver', 'search', 'domain', 'options', 'sortlist', '#', ';', ' ', '\t', '\r', '\n', '\n', 'ndots:5', 'a.b', '10.0.0.1', '::1', '\ufeff', '\0', ':');
  fc.assert(fc.property(fc.oneof(fc.array(word, {maxLength: 40}).map(words => words.join('')), fc.string({unit: 'binary', maxLength: 60})), text => {
    const conf = parseResolvConf(text);
    assert.equal(printResolvConf(conf), text);
    // Each word of a line with a keyword is in a field, or its line is named
    for (const {keyword, number, words} of conf.lines) {
      const kept = keyword === '' || words.length === 0 || ['nameserver', 'search', 'domain', 'options'].includes(keyword) || conf.strange.some(({line}) => line === number);
      assert.ok(kept, `line ${number} of ${JSON.stringify(text)}`);
    }
  }), {numRuns: 3000});
});
