import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {cpSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, test} from 'node:test';

const repository = new URL('../../', import.meta.url).pathname;
let root: string;

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs Node in the copy. NODE_TEST_CONTEXT would make an inner test run silent. */
function node(...args: string[]): Promise<Ended> {
  const {NODE_TEST_CONTEXT: _, ...env} = process.env;
  return new Promise(resolve => {
    execFile(process.execPath, args, {cwd: root, env}, (error, stdout, stderr) => resolve({code: error === null ? 0 : Number(error.code), stdout, stderr}));
  });
}

const newCheck = (...args: string[]): Promise<Ended> => node('bin/new-check.js', ...args);
const tests = (): Promise<Ended> => node('--test', '--test-reporter=spec', 'test/cases/cases.test.ts', 'test/unit/stubs.test.ts');
const types = (): Promise<Ended> => node('node_modules/typescript/bin/tsc', '-p', '.');

function fill(file: string, ...pairs: readonly (readonly [string | RegExp, string])[]): void {
  const path = join(root, file);
  const text = pairs.reduce((before, [from, to]) => {
    const after = before.replace(from, to);
    assert.notEqual(after, before, `${file} holds no ${from}`);
    return after;
  }, readFileSync(path, 'utf8'));
  writeFileSync(path, text);
}

before(() => {
  root = mkdtempSync(join(tmpdir(), 'kdiag-new-check-'));
  // Of the cases only the healthy worlds: the others are tested elsewhere, and take their time
  const cases = globSync('test/cases/{*.ts,healthy*}', {cwd: repository}).filter(file => !file.endsWith('.test.ts') || file.endsWith('/cases.test.ts'));
  for (const path of ['src', 'bin', 'docs', 'package.json', 'tsconfig.json', 'test/unit/stubs.test.ts', ...cases]) cpSync(join(repository, path), join(root, path), {recursive: true});
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'));
});
after(() => rmSync(root, {recursive: true, force: true}));

test('bad and taken names are refused, and nothing is written', async () => {
  const untouched = readFileSync(join(root, 'src/checks/index.ts'), 'utf8');
  for (const [args, why] of [
    [[], /NAME/], [['one', 'two'], /NAME/], [['Pods-Ready'], /no name of a check/], [['pods'], /no name of a check/], [['../up-there'], /no name of a check/],
    [['pods-ready'], /there is a check pods-ready/], [['a-check', '--code', 'service-not-found'], /there is a code service-not-found/],
    [['a-check', '--code', 'Bad'], /no code/], [['a-check', '--link', 'DNS'], /no link “DNS”/], [['a-check', '--nope'], /nope/],
  ] as const) {
    const {code, stderr} = await newCheck(...args);
    assert.equal(code, 2, args.join(' '));
    assert.match(stderr, why);
  }
  assert.equal(readFileSync(join(root, 'src/checks/index.ts'), 'utf8'), untouched);
});

test('the skeleton compiles, the tests say what to fill in, and pass once it is filled in', async () => {
  const made = await newCheck('session-affinity-off', '--code', 'service-keeps-sessions', '--link', 'endpoints');
  assert.equal(made.code, 0, made.stderr);
  const compiled = await types();
  assert.equal(compiled.code, 0, compiled.stdout);

  const empty = await tests();
  assert.notEqual(empty.code, 0, 'tests that pass on a stub could never fail');
  for (const words of ['FILL IN: src/checks/session-affinity-off.ts decides nothing yet', 'docs/findings/service-keeps-sessions.md:4: FILL IN', 'test/cases/codes/service-keeps-sessions.yaml:1:', 'test/cases/silent/service-keeps-sessions.yaml:1:', 'src/findings/words/endpoints.ts']) {
    assert.ok(empty.stdout.includes(words), `“${words}” is not in:\n${empty.stdout}`);
  }

  fill('src/checks/session-affinity-off.ts', [/ {2}\/\/ FILL IN.*\n/, ''], [/ {2}\/\/ FILL IN.*\n/, ''], ["'FILL IN: all is well'", "'No session affinity'"], [/\{note: 'FILL IN.*'\}/, '{}'], [/'FILL IN: the raw.*'/, "'spec.sessionAffinity: ClientIP'"],
    [/_service(: Service.*\n).*\n/, "service$1  return (service.spec as {sessionAffinity?: string}).sessionAffinity === 'ClientIP';\n"]);
  fill('src/findings/words/endpoints.ts', ['FILL IN: the fault in a few words', 'Sessions stick'], [/FILL IN: one sentence about.*stop/, 'Service ${service} keeps sessions'], [' # FILL IN: what mends it', ' # look']);
  fill('docs/findings/service-keeps-sessions.md', [/FILL IN/g, 'Written']);
  fill('test/cases/codes/service-keeps-sessions.yaml', [/"FILL IN: what.*"/, 'Sessions stick'], [/# FILL IN.*\n/, ''], ['change: []', 'change: [{set: {kind: Service, name: hostnames}, to: {spec: {sessionAffinity: ClientIP}}}]'], [/"FILL IN.*"/, 'keeps sessions']);
  fill('test/cases/silent/service-keeps-sessions.yaml', [/"FILL IN.*"/, 'No affinity'], [/# FILL IN.*\n/, ''], ['change: []', 'change: [{set: {kind: Service, name: hostnames}, to: {spec: {sessionAffinity: None}}}]']);
  const full = await tests();
  assert.equal(full.code, 0, full.stdout);
});
