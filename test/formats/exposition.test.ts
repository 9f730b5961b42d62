import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {test} from 'node:test';
import type {Report} from '../../src/diagnose/report.ts';
import {openRecording} from '../../src/cluster/recording/file.ts';
import {demoNames, demos, recordingFile} from '../../src/demo/demos.ts';
import {renderPrometheus} from '../../src/report/prometheus.ts';
import {diagnoseCase} from '../cases/case.ts';
import {handMade, hugeReport} from '../unit/report/check-reports.ts';
import {type Sample, samplesOf} from '../unit/report/exposition.ts';

interface Answer {
  readonly samples: readonly Sample[];
  readonly problems: readonly string[];
}

/** Needs Go, and once its module proxy: Prometheus' own parser, the checks of a gatherer and promtool's linter read what kdiag writes. */
test('Prometheus understands what was meant, and its linter has nothing to say', {timeout: 600_000}, async () => {
  const reports: [string, Report][] = [
    ...Object.entries({...handMade, huge: hugeReport}),
    ...await Promise.all(demoNames.map(async (name): Promise<[string, Report]> => [name, await diagnoseCase({ask: demos[name].service ?? 'dns', namespace: demos[name].namespace}, await openRecording(recordingFile(name)))])),
  ];
  const good = renderPrometheus(handMade['check']!);
  const wrong = {'a series twice': `${good}kdiag_accepted_findings 3\n`, 'no last line end': good.trimEnd(), 'a quote in a value': good.replace('"production"', '"pro"duction"'), 'no help': good.replace(/^# HELP kdiag_status .*\n/m, '')};
  const texts = [...reports.map(([, report]) => renderPrometheus(report)), ...Object.values(wrong)];
  const folder = mkdtempSync(join(tmpdir(), 'kdiag-exposition-'));
  try {
    const program = join(folder, 'exposition');
    execFileSync('go', ['build', '-o', program, '.'], {cwd: new URL('exposition', import.meta.url), stdio: ['ignore', 'ignore', 'inherit']});
    const files = texts.map((text, i) => {
      const file = join(folder, `${i}.prom`);
      writeFileSync(file, text);
      return file;
    });
    const answers = execFileSync(program, files, {encoding: 'utf8', maxBuffer: 1e9}).trim().split('\n').map(line => JSON.parse(line) as Answer);
    for (const [i, [name]] of reports.entries()) {
      assert.deepEqual(answers[i]?.problems, [], name);
      assert.deepEqual(inOrder(answers[i]?.samples ?? []), inOrder(samplesOf(texts[i] ?? '')), name);
      assert.ok((answers[i]?.samples.length ?? 0) > 10, name);
    }
    for (const [i, name] of Object.keys(wrong).entries()) assert.notDeepEqual(answers[reports.length + i]?.problems, [], name);
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
});

function inOrder(samples: readonly Sample[]): string[] {
  return samples.map(({name, labels, value}) => `${name} ${JSON.stringify(Object.entries(labels).sort())} ${value}`).sort();
}
