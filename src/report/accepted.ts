import type {Report} from '../diagnose/report.ts';
import {plain, wrap} from './plain.ts';
import type {Style} from './style.ts';

/** What was found and does not count, each with the reason that somebody gave. */
export function acceptedLines({accepted = []}: Report, style: Style): string[] {
  if (accepted.length === 0) return [];
  return [style.strong('Accepted (does not count)'), ...accepted.flatMap(({finding, reason, expires}) => [
    ...indented(`· ${finding.message}`, style),
    ...wrap(plain(`${reason}${expires === null ? '' : ` (until ${expires})`}`), style.width - 4).map(line => `    ${style.faint(line)}`),
  ])];
}

function indented(text: string, style: Style): string[] {
  const [first = '', ...rest] = wrap(plain(text), style.width - 4);
  return [`  ${first}`, ...rest.map(line => `    ${line}`)];
}
