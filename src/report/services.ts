import type {Report} from '../diagnose/report.ts';
import {shareText} from './reach.ts';
import type {Style} from './style.ts';
import {table} from './table.ts';

/** Services that are listed when not all are asked for. */
const most = 20;

/** One line a Service that does not work; of the others their number. With -o wide all of them. */
export function servicesLines({services, findings}: Report, style: Style, wide: boolean): string[] {
  if (services === undefined) return [];
  const unwell = services.filter(({state}) => state !== 'works');
  const shown = wide ? services : unwell.slice(0, most);
  const codes = (ids: readonly string[]): string => [...new Set(findings.filter(({id}) => ids.includes(id)).map(({code}) => code))].join(', ');
  const rows = shown.map(({namespace, name, type, state, predicted, causes}) => [`${namespace}/${name}`, type, state, predicted === null ? '' : shareText(predicted), codes(causes)]);
  const well = services.length - unwell.length;
  const left = unwell.length - (wide ? unwell.length : shown.length);
  const rest = [...(left > 0 ? [`and ${left} more like these (-o wide)`] : []), ...(wide || well === 0 ? [] : [`${well} ${well === 1 ? 'Service' : 'Services'} without a finding`])];
  return [style.strong('Services'), ...(rows.length === 0 ? [] : table(['SERVICE', 'TYPE', 'STATE', 'REACH', 'BECAUSE OF'], rows)).map(line => `  ${line}`), ...rest.map(line => `  ${line}`)];
}
