import type {Trace} from '../diagnose/trace-report.ts';
import type {Style} from './style.ts';
import {traceLines} from './trace.ts';

/** A Service's traces, a block each. Nodes that do the same share one, unless all is asked for. */
export function pathLines(traces: readonly Trace[], style: Style, wide: boolean): string[][] {
  const groups = wide ? traces.map((trace): Group => [trace]) : tracesAlike(traces);
  return groups.map(([trace, ...others], i) => [...(i === 0 ? [`${style.strong('Paths')} ${style.faint('(new connections, rule by rule)')}`] : []), ...traceLines(trace, {...style, width: style.width - 2}, wide, others.map(({leg}) => leg.node)).map(line => `  ${line}`)]);
}

type Group = readonly [Trace, ...Trace[]];

/** By everything but the name and the address of the node itself. */
export function tracesAlike(traces: readonly Trace[]): Group[] {
  const groups = new Map<string, Group>();
  for (const trace of traces) {
    const key = JSON.stringify({...trace, from: trace.from.kind === 'Pod' ? trace.from : trace.from.kind, leg: {...trace.leg, node: ''}}, (name, value: unknown) => (name === 'address' && trace.from.kind === 'Node' && value === trace.from.address ? '' : value));
    const group = groups.get(key);
    groups.set(key, group === undefined ? [trace] : [...group, trace]);
  }
  return [...groups.values()];
}
