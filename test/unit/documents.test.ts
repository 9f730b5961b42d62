import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {existsSync, globSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {test} from 'node:test';
import {resources} from '../../src/cluster/resources.ts';
import {recordedConfigMaps} from '../../src/cluster/recording/recorded-config-maps.ts';
import {parseAllDocuments} from 'yaml';
import {renderPrometheus} from '../../src/report/prometheus.ts';
import {handMade, hugeReport} from './report/check-reports.ts';
import {samplesOf} from './report/exposition.ts';
import {complaintsAbout} from './report/schema.ts';

const root = new URL('../../', import.meta.url).pathname;
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const documents = globSync(['*.md', 'docs/**/*.md', 'test/cluster/README.md'], {cwd: root}).sort();

test('every link between documents leads somewhere', () => {
  const broken = documents.flatMap(file => [...read(file).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, to = '']) => to)
    .filter(to => !existsSync(join(root, dirname(file), to))).map(to => `${file}: ${to}`));
  assert.deepEqual(broken, []);
});

test('files and scripts that the documents name are there', () => {
  const scripts = Object.keys((JSON.parse(read('package.json')) as {scripts: object}).scripts);
  const own = ['README.md', 'CONTRIBUTING.md', 'docs/architecture.md', 'docs/adding-a-check.md', 'docs/permissions.md', 'docs/report.md', 'docs/accepting.md', 'docs/outputs.md'];
  const wrong = own.flatMap(file => [
    ...[...read(file).matchAll(/\bnpm run ([a-z][\w:-]*)/g)].filter(([, name = '']) => !scripts.includes(name)).map(([text]) => `${file}: ${text}`),
    ...[...read(file).matchAll(/`((?:src|test|docs|bin)\/[\w./-]+\w)`/g)].filter(([, path = '']) => !existsSync(join(root, path)) && !/NAME|CODE/.test(path)).map(([text]) => `${file}: ${text}`),
  ]);
  assert.deepEqual(wrong, []);
});

test('the README shows what the demo prints', () => {
  const printed = execFileSync(process.execPath, ['bin/dev.js', 'demo'], {cwd: root, encoding: 'utf8', env: {PATH: process.env['PATH']}, stdio: ['ignore', 'pipe', 'ignore']});
  const [, excerpt = ''] = /```console\n\$ npx kdiag demo\n([^]*?)```/.exec(read('README.md')) ?? [];
  assert.ok(excerpt.includes('Root cause'), 'no excerpt');
  for (const part of excerpt.split('…\n')) assert.ok(printed.includes(part), `the demo does not print:\n${part}`);
});

test('every resource that kdiag can ask for is in docs/permissions.md', () => {
  for (const resource of Object.keys(resources)) assert.match(read('docs/permissions.md'), new RegExp(`\\b${resource}\\b`), resource);
});

test('every ConfigMap that a recording may hold is in docs/recording-format.md', () => {
  for (const name of recordedConfigMaps) assert.ok(read('docs/recording-format.md').includes(name.split('/')[1] ?? name), name);
});

test('the report in docs/report.md is as the schema says', () => {
  const [, sample = ''] = /```jsonc\n([^]*?)```/.exec(read('docs/report.md')) ?? [];
  const report = JSON.parse(sample.replace(/\/\*[^]*?\*\//g, '').replace(/\/\/ .*$|(?<=[}\]",]) {2,}\/\/.*$/gm, '')) as {findings: {explains: string[]}[]; verdict: {rootCauses: object[]}};
  for (const finding of report.findings) finding.explains = [];
  report.verdict.rootCauses = report.findings;
  assert.deepEqual(complaintsAbout({...report}), []);
});

test('docs/outputs.md has every metric with its labels, and no other', () => {
  const written = new Map([...Object.values(handMade), hugeReport].flatMap(report => samplesOf(renderPrometheus(report)).map(({name, labels}) => [name, Object.keys(labels).sort().join()] as const)));
  const [, ...table] = read('docs/outputs.md').split('| metric | labels | |')[1]?.split('\n\n')[0]?.split('\n').slice(1) ?? [];
  const told = table.map(row => row.split('|')).map(([, metric = '', labels = '']) => [metric.replaceAll('`', '').trim(), [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label).sort().join()] as const);
  assert.deepEqual([...told].sort(), [...written].sort());
});

test('what docs/outputs.md would have in a pipeline is YAML', () => {
  const samples = [...read('docs/outputs.md').matchAll(/```yaml\n([^]*?)```/g)].map(([, text = '']) => text);
  assert.equal(samples.length, 3);
  for (const text of samples) assert.deepEqual(parseAllDocuments(text).flatMap(({errors}) => errors), []);
});
