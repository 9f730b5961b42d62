import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {test} from 'node:test';
import * as fc from 'fast-check';
import {parse as parseYaml} from 'yaml';
import {type Corefile, parseCorefile, printCorefile, readDirective} from '../../../src/parse/corefile.ts';

const folder = new URL('../../fixtures/corefile/', import.meta.url);
const names = readdirSync(folder);
const text = (name: string): string => readFileSync(new URL(name, folder), 'utf8');
const read = (source: string): Corefile => parseCorefile(source, {file: 'Corefile'});
const errorOf = (source: string): string | undefined => read(source).error?.text;

/** Of the rig's own cluster: the manifest is YAML within which the Corefile stands. */
const ofRig = (): string => {
  const manifests = readFileSync(new URL('../../cluster/lib/addons.yaml', import.meta.url), 'utf8').split(/^---$/m);
  const found = manifests.map(manifest => parseYaml(manifest) as {kind: string; data?: Record<string, string>} | null).find(each => each?.data?.['Corefile'] !== undefined);
  return found?.data?.['Corefile'] ?? '';
};

test('stock Corefiles are read without an error and printed back as they stood', () => {
  assert.ok(names.length > 8);
  for (const source of [...names.map(text), ofRig()]) {
    const corefile = read(source);
    assert.equal(corefile.error, null);
    assert.equal(printCorefile(corefile), source);
    assert.ok(corefile.blocks.length > 0 && corefile.blocks.every(({directives}) => directives.length > 0));
  }
});

test('kubeadm’s', () => {
  const {blocks: [block]} = read(text('kubeadm'));
  assert.deepEqual(block!.keys, [{text: '.:53', line: 1}]);
  assert.deepEqual(block!.directives.map(({name, line}) => `${line} ${name}`), ['2 errors', '3 health', '6 ready', '7 kubernetes', '12 prometheus', '13 forward', '16 cache', '20 loop', '21 reload', '22 loadbalance']);
  assert.deepEqual(readDirective(block!.directives[3]!), {name: 'kubernetes', line: 7, args: ['cluster.local', 'in-addr.arpa', 'ip6.arpa'], block: [
    {name: 'pods', line: 8, args: ['insecure'], block: null},
    {name: 'fallthrough', line: 9, args: ['in-addr.arpa', 'ip6.arpa'], block: null},
    {name: 'ttl', line: 10, args: ['30'], block: null},
  ]});
});

test('several keys, snippets, braces within lines', () => {
  const corefile = read(text('stubs'));
  assert.deepEqual(corefile.blocks.map(({keys}) => keys.map(key => key.text)), [['corp.example.com.', 'internal.example.net', '10.0.0.0/8'], ['tls://.:853', 'https://dot.example.org'], ['.']]);
  assert.deepEqual(corefile.snippets, [{name: 'common', line: 2}]);
  assert.deepEqual(corefile.imports.map(({pattern, of, line}) => [pattern, of, line]), [['common', 'snippet', 8], ['common', 'snippet', 20], ['common', 'snippet', 24]]);
  assert.deepEqual(corefile.blocks[1]!.directives.map(({name, line}) => `${line} ${name}`), ['3 errors', '4 cache', '5 loop', '21 whoami']);
});

test('files that are imported: read if they are known, else named', () => {
  const custom = {path: '/etc/coredns/custom/corp.server', text: 'corp.example:53 {\n    forward . 10.0.0.1\n}\n'};
  const asked: string[] = [];
  const known = parseCorefile(text('aks'), {file: '/etc/coredns/Corefile', imported: pattern => { asked.push(pattern); return pattern.endsWith('.server') ? [custom] : []; }});
  assert.deepEqual(asked, ['/etc/coredns/custom/*.override', '/etc/coredns/custom/*.server']);
  assert.deepEqual(known.blocks.map(({keys}) => keys[0]!.text), ['.:53', 'corp.example:53']);
  assert.deepEqual(known.blocks[1]!.directives.map(({name, line, file}) => [name, line, file]), [['forward', 2, custom.path]]);
  const unknown = parseCorefile(text('aks'), {file: '/etc/coredns/Corefile'});
  assert.equal(unknown.error, null);
  assert.deepEqual(unknown.imports.map(({pattern, of}) => [pattern, of]), [['custom/*.override', 'not-read'], ['custom/*.server', 'not-read']]);
  const broken = parseCorefile('import bad\n', {file: '/etc/coredns/Corefile', imported: () => [{path: '/etc/coredns/bad', text: '.:53 {\n  errors {\n'}]});
  assert.equal(broken.error?.text, '/etc/coredns/bad:2 - Error during parsing: Unexpected EOF');
  assert.equal(parseCorefile('import bad', {file: 'C', imported: () => []}).error?.text, 'C:1 - Error during parsing: File to import not found: bad');
});

test('variables: put in if they are known, else named', () => {
  const unknown = read(text('variables'));
  assert.deepEqual(unknown.variables, [{name: 'ZONE', line: 1}, {name: 'UPSTREAM', line: 3}, {name: 'SECOND', line: 3}, {name: 'TTL', line: 4}]);
  const values: Record<string, string> = {ZONE: 'example.org', PORT: '53', UPSTREAM: '10.0.0.1', SECOND: '10.0.0.2', TTL: '30'};
  const known = parseCorefile(text('variables'), {file: 'Corefile', variable: name => values[name]});
  assert.deepEqual(known.variables, []);
  assert.equal(known.blocks[0]!.keys[0]!.text, 'example.org:53');
  assert.deepEqual(readDirective(known.blocks[0]!.directives[1]!).args, ['.', '10.0.0.1', '10.0.0.2']);
  assert.equal(printCorefile(known), text('variables'));
});

test('words: quotes, escapes, comments', () => {
  const words = (source: string): string[] => read(source).tokens.map(token => token.text);
  assert.deepEqual(words('a "b c" "d\\"e" "f\\n" ""'), ['a', 'b c', 'd"e', 'f\\n', '']);
  assert.deepEqual(words('a"b" "c"d'), ['a"b"', 'c', 'd']);
  assert.deepEqual(words('a #b c\nd'), ['a', 'd']);
  assert.deepEqual(words('a#b c\nd'), ['a', 'c', 'd']); // coredns/caddy has it so
  assert.deepEqual(words('\ufeffa\u0085b\r\nc\rd'), ['a', 'b', 'cd']);
  assert.deepEqual(read('a "b\nc" d\ne').tokens.map(({line}) => line), [1, 1, 2, 3]);
});

test('what CoreDNS refuses, in its words', () => {
  assert.equal(errorOf('. {\n  cache {\n    x\n'), 'Corefile:3 - Error during parsing: Unexpected EOF');
  assert.equal(errorOf('. {\n  errors\n'), "Corefile:2 - Syntax error: Unexpected token 'errors', expecting '}'");
  assert.equal(errorOf('a,\n{\n}'), "Corefile:2 - Error during parsing: Expected another address but had '{' - check for extra comma");
  assert.equal(errorOf('a,'), 'Corefile:1 - Error during parsing: Unexpected EOF');
  assert.equal(errorOf('. {\n  errors }\n}'), "Corefile:2 - Error during parsing: Unexpected '}' because no matching opening brace");
  assert.equal(errorOf('. {\n  import\n}'), "Corefile:2 - Error during parsing: Wrong argument count or unexpected line ending after 'import'");
  assert.equal(errorOf('. {\n  import a b\n}'), 'Corefile:2 - Error during parsing: Import takes only one argument (glob pattern or file)');
  assert.equal(errorOf('(a) {\n  log\n}\n(a) {\n}\n'), 'Corefile:4 - Error during parsing: redeclaration of previously declared snippet a');
  assert.equal(errorOf('(a) {\n  import a\n}\n'), 'Corefile:3 - Error during parsing: maximum snippet import depth (10000) exceeded');
  assert.equal(errorOf('(a) {\n  import b\n}\n(b) {\n  import a\n}\n. {\n  import a\n}'), 'Corefile:5 - Error during parsing: maximum snippet import depth (10000) exceeded');
});

test('what is before the error is there, and an unknown directive is none', () => {
  const corefile = read('a {\n  foo bar {\n    baz 1\n  }\n}\nb {\n  errors\n  log }\n');
  assert.deepEqual(corefile.blocks.map(({keys, directives}) => [keys[0]!.text, directives.map(({name}) => name)]), [['a', ['foo']], ['b', ['errors', 'log']]]);
  assert.equal(corefile.error?.line, 8);
});

test('snippets that grow without end are stopped', () => {
  const snippets = Array.from({length: 30}, (_, i) => `(s${i}) {\n${`  import s${i + 1}\n`.repeat(9)}}\n`).reverse().join('');
  assert.match(errorOf(`${snippets}. {\n  import s0\n}\n`) ?? '', /maximum snippet import depth|reads no more than/);
});

const pieces = fc.constantFrom('{', '}', '"', '\\', '#', ',', '\n', ' ', '\t', '\r', 'import', '(a)', 'a', '.', '.:53', '{$X}', '{%Y%}', 'errors', 'forward', '*', '\u0085', '\ufeff', '💥', '\u0000');
test('whatever is in it: no crash, and it is printed back as it stood', () => {
  fc.assert(fc.property(fc.oneof(fc.string({unit: 'binary', maxLength: 200}), fc.array(pieces, {maxLength: 60}).map(all => all.join(''))), source => {
    const corefile = read(source);
    assert.equal(printCorefile(corefile), source);
    for (const {directives} of corefile.blocks) directives.map(readDirective);
  }), {numRuns: 3000});
});

test('stock Corefiles with a piece cut out or put in: no crash, printed back', () => {
  fc.assert(fc.property(fc.constantFrom(...names), fc.nat(2000), fc.nat(20), pieces, (name, at, length, piece) => {
    const whole = text(name);
    const source = whole.slice(0, at % whole.length) + piece + whole.slice(at % whole.length + length);
    const corefile = read(source);
    assert.equal(printCorefile(corefile), source);
    for (const {directives} of corefile.blocks) directives.map(readDirective);
  }), {numRuns: 2000});
});
