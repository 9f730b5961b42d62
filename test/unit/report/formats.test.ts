import assert from 'node:assert/strict';
import {test} from 'node:test';
import {exitCode} from '../../../src/cli/exit-code.ts';
import {renderGithub} from '../../../src/report/github.ts';
import {renderJunit} from '../../../src/report/junit.ts';
import {renderMarkdown} from '../../../src/report/markdown.ts';
import {renderPrometheus} from '../../../src/report/prometheus.ts';
import {renderSarif} from '../../../src/report/sarif.ts';
import {runnerReads} from './actions-runner.ts';
import {everyReport} from './every-report.ts';
import {complaintsAboutExposition, samplesOf} from './exposition.ts';
import {loose, pageOf, tagsOf} from './gfm.ts';
import {complaintsAboutJunit, testsOf} from './junit-schema.ts';
import {complaintsAboutSarif} from './sarif-schema.ts';

// What kdiag really says of every case and recording, in the formats of pipelines. What each holds is in their own tests.
const reports = await everyReport();

test('JUnit: as the schema says, each test by a name of its own, failures and errors as the exit code', async () => {
  const xml = Object.fromEntries(reports.map(([name, report], i) => [`${i} ${name}`, renderJunit(report)]));
  assert.deepEqual(await complaintsAboutJunit(xml), []);
  for (const [name, report] of reports) {
    for (const failOn of ['error', 'warning', 'info'] as const) {
      const tests = testsOf(renderJunit(report, failOn));
      const names = tests.map(each => `${each.classname} ${each.name}`);
      assert.equal(new Set(names).size, names.length, `${name}: GitLab takes tests of the same name for one`);
      assert.equal(tests.some(({end}) => end === 'failure') ? 1 : tests.some(({end}) => end === 'error') ? 3 : 0, exitCode(report, failOn), `${name}, --fail-on ${failOn}`);
      const told = tests.map(({text, out}) => `${text}\n${out}`).join('\n');
      for (const {code} of report.findings) assert.ok(told.includes(`kdiag explain ${code}`), `${name}: ${code}`);
    }
  }
});

test('SARIF: as the schema says, with a result for each finding', () => {
  for (const [name, report] of reports) {
    const log = JSON.parse(renderSarif(report)) as {runs: [{results: {ruleId: string}[]}]};
    assert.deepEqual(complaintsAboutSarif(log), [], name);
    assert.deepEqual(log.runs[0].results.map(({ruleId}) => ruleId), [...report.findings, ...(report.accepted ?? []).map(({finding}) => finding)].map(({code}) => code), name);
  }
});

test('GitHub: nothing but annotations, one for each root cause', () => {
  for (const [name, report] of reports) {
    const {commands, lines} = runnerReads(renderGithub(report));
    assert.deepEqual(lines, [], name);
    assert.deepEqual(commands.map(each => each.properties['title']?.split(':')[0]).filter(title => !title?.startsWith('kdiag')), report.verdict.rootCauses.map(({code}) => code), name);
  }
});

test('Markdown: no markup but the page’s own', () => {
  for (const [name, report] of reports) {
    const markdown = renderMarkdown(report);
    const page = pageOf(markdown);
    assert.deepEqual([...tagsOf(page)].filter(tag => /^(a|img|em|del|input|script|section|h1)\b/.test(tag)), [], name);
    assert.doesNotMatch(loose(page).join(''), /[@#<>_*`[\]|~\\]|:\/\/|www\./, name);
    for (const {code} of report.verdict.rootCauses.slice(0, 20)) assert.ok(page.textContent?.includes(code), `${name}: ${code}`);
  }
});

test('Prometheus: a file that is taken, and says how it ended', () => {
  for (const [name, report] of reports) {
    const text = renderPrometheus(report);
    assert.deepEqual(complaintsAboutExposition(text), [], name);
    assert.deepEqual(samplesOf(text).flatMap(each => (each.name === 'kdiag_status' && each.value === 1 ? [each.labels['status']] : [])), [report.status], name);
  }
});
