import type {Report} from '../diagnose/report.ts';
import type {Level} from '../findings/finding.ts';
import {exitCode} from './exit-code.ts';
import {appendOutput, type Format, type Output, writeOutput} from './outputs.ts';

export interface Printing {
  readonly outputs: readonly Output[];
  /** Null: what is found does not count. */
  readonly failOn: Level | null;
  readonly noColour: boolean;
}

/** The exit code first, from the report alone; then the report in each form, and for people on stdout where no other form goes. */
export async function printReport(report: Report, printing: Printing): Promise<void> {
  if (printing.failOn !== null) process.exitCode = exitCode(report, printing.failOn);
  for (const {format, file} of printing.outputs) if (file !== null) await writeOutput(file, await render(report, format, printing));
  await summariseStep(report, printing.outputs);
  const {format} = printing.outputs.find(({file}) => file === null) ?? {format: 'text'};
  process.stdout.write(await render(report, format, printing));
}

/** In GitHub Actions, what is annotated is told at length in the job's summary. */
async function summariseStep(report: Report, outputs: readonly Output[]): Promise<void> {
  const file = process.env['GITHUB_STEP_SUMMARY'];
  if (file !== undefined && file !== '' && outputs.some(({format}) => format === 'github')) await appendOutput(file, (await import('../report/markdown.ts')).renderMarkdown(report));
}

/** The renderers are loaded when they are needed. */
async function render(report: Report, format: Format, printing: Printing): Promise<string> {
  switch (format) {
    case 'json': return (await import('../report/json.ts')).renderJson(report);
    case 'junit': return (await import('../report/junit.ts')).renderJunit(report, printing.failOn ?? 'error');
    case 'sarif': {
      const [{renderSarif}, {codes, wordsOf}] = await Promise.all([import('../report/sarif.ts'), import('../findings/words.ts')]);
      return renderSarif(report, code => { const own = codes.find(each => each === code); return own === undefined ? code : wordsOf(own).title; });
    }
    case 'github': return (await import('../report/github.ts')).renderGithub(report);
    case 'markdown': return (await import('../report/markdown.ts')).renderMarkdown(report);
    case 'html': return (await import('../report/html.ts')).renderHtml(report);
    case 'prometheus': return (await import('../report/prometheus.ts')).renderPrometheus(report);
    default: {
      const [{renderText}, {styleFor}] = await Promise.all([import('../report/text.ts'), import('./streams.ts')]);
      return renderText(report, styleFor(process.stdout, printing.noColour ? {...process.env, NO_COLOR: '1'} : process.env), format === 'wide');
    }
  }
}

/** What the flags of a command say of its report; refuses what could not be written, before anything is examined. */
export function printingOf(flags: {readonly output: readonly Output[]; readonly 'fail-on'?: Level; readonly 'no-color': boolean}): Printing {
  return {outputs: flags.output, failOn: flags['fail-on'] ?? 'error', noColour: flags['no-color']};
}
