import type {Reach, Report} from '../diagnose/report.ts';
import {columns, plain, wrap} from './plain.ts';
import type {Style} from './style.ts';
import {table} from './table.ts';

/** Which share of new connections succeeds, from where to where. Places that fare alike share a line, unless all are asked for. */
export function reachLines(report: Report, style: Style, wide: boolean): string[] {
  if (report.reach.length === 0) return [];
  const measured = report.reach.some(({probed}) => probed !== undefined);
  const rows = (wide ? report.reach.map((reach): Group => [reach]) : alike(report.reach)).map(group => ({
    from: placesOf(group), to: group[0].to, share: shareText(group[0].predicted), probed: probedText(group), lostAt: group[0].predicted === null ? '' : group[0].lostAt ?? '', // why it is unknown is told with the checks
  }));
  // Of an audit's many ways only those that lose something are listed.
  const whole = rows.filter(({share}) => share === '100 %');
  const listed = wide || (rows.length <= many && report.services === undefined) ? rows : rows.filter(row => !whole.includes(row));
  const losing = rows.filter(({lostAt}) => lostAt !== '');
  const full = table(['FROM', 'TO', 'SUCCEED', ...(measured ? ['PROBED'] : []), 'LOST AT'], listed.map(({from, to, share, probed, lostAt}) => [from, to, share, ...(measured ? [probed] : []), lostAt]));
  const fits = losing.length > 0 && full.every(line => columns(line) + 2 <= style.width);
  const narrower = [measured, false].map(shown => table(['FROM', 'TO', 'SUCCEED', ...(shown ? ['PROBED'] : [])], listed.map(({from, to, share, probed}) => [from, to, share, ...(shown ? [probed] : [])])));
  const drawn = fits ? full : narrower.find(lines => lines.every(line => columns(line) + 2 <= style.width)) ?? narrower[1] ?? [];
  const lost = fits ? [] : [...new Set(losing.map(({from, lostAt}) => `lost from ${from}: ${lostAt}`))];
  return [
    `${style.strong('Reach')} ${style.faint(measured ? '(share of new connections: predicted, probed)' : '(share of new connections, predicted from the rules)')}`,
    ...(listed.length === 0 ? [] : drawn.map(line => `  ${line}`)),
    ...(listed === rows ? [] : [`  ${listed.length === 0 ? 'all' : 'the other'} ${whole.length} ways in: 100 %`]),
    ...lost.flatMap(text => wrap(plain(text), style.width - 4).map((line, i) => `${i === 0 ? '  ' : '    '}${line}`)),
  ];
}

/** Rows that a screen takes at a glance. */
const many = 16;

type Group = readonly [Reach, ...Reach[]];

function alike(reach: readonly Reach[]): Group[] {
  const groups = new Map<string, Group>();
  for (const each of reach) {
    const key = JSON.stringify([each.to, each.predicted, each.lostAt]);
    const group = groups.get(key);
    groups.set(key, group === undefined ? [each] : [...group, each]);
  }
  return [...groups.values()];
}

function placesOf(group: Group): string {
  const names = group.map(({from}) => from.name);
  const all = names.join(', ');
  return columns(all) <= 26 || names.length === 1 ? all : `${names[0]} and ${names.length - 1} more`;
}

/** Answered of tried, of all that share the line. */
function probedText(group: Group): string {
  const probed = group.flatMap(each => each.probed ?? []);
  return probed.length === 0 ? '' : `${probed.reduce((sum, {ok}) => sum + ok, 0)} of ${probed.reduce((sum, {tries}) => sum + tries, 0)}`;
}

/** Never rounds a part up to all, or down to nothing. */
export function shareText(share: number | null): string {
  if (share === null) return '?';
  const percent = Math.round(share * 1000) / 10;
  return `${share > 0 && percent === 0 ? '< 0.1' : share < 1 && percent === 100 ? '> 99.9' : percent} %`;
}
