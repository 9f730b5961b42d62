import type {Report, ReportedFinding} from '../diagnose/report.ts';
import {plain} from './plain.ts';
import {subjectPath} from './subject.ts';
import {untoldReasons} from './untold.ts';

type Command = 'error' | 'warning' | 'notice';

/**
 * Workflow commands of GitHub Actions: an annotation for each root cause, the gravest first (GitHub shows ten of a kind for a step), and for
 * what could not be told. Nothing else is printed: whatever does not begin with `::` would be searched for `##[` by the runner.
 */
export function renderGithub(report: Report): string {
  const {status, verdict: {summary, rootCauses}, accepted = []} = report;
  const untold = untoldReasons(report);
  const lines = [
    ...rootCauses.map(annotation),
    // What makes kdiag exit with 3 fails the step; beside a verdict it is a remark.
    ...untold.map(why => command(status === 'unknown' ? 'error' : 'notice', 'kdiag could not tell', why)),
    ...(status === 'unknown' && untold.length === 0 ? [command('error', 'kdiag could not tell', summary)] : []),
    ...(accepted.length === 0 ? [] : [command('notice', `kdiag: ${accepted.length} accepted`, accepted.map(({finding, by, reason}) => `${finding.code} ${subjectPath(finding.subject)} (${by}: ${reason})`).join('\n'))]),
  ];
  return `${(lines.length === 0 ? [command('notice', 'kdiag', summary)] : lines).join('\n')}\n`;
}

function annotation({level, code, subject, message, breaks = [], remedy, confidence}: ReportedFinding): string {
  const lines = [
    message,
    ...(breaks.length === 0 ? [] : [`Breaks ${breaks.slice(0, 5).join(', ')}${breaks.length > 5 ? ` and ${breaks.length - 5} more` : ''}`]),
    ...(remedy.length === 0 ? [] : ['What to type:', ...remedy.map(line => `  ${line}`)]),
    `More: kdiag explain ${code}`,
  ];
  return command(level === 'info' ? 'notice' : level, `${code}: ${subjectPath(subject)}${confidence === 'proven' ? '' : ` (${confidence})`}`, lines.join('\n'));
}

function command(name: Command, title: string, text: string): string {
  return `::${name} title=${escaped(plain(title)).replaceAll(':', '%3A').replaceAll(',', '%2C')}::${escaped(plain(text, 'many'))}`;
}

/** As @actions/core does it: the percent sign first, since the runner undoes it last. */
function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
