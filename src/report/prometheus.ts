import type {Report} from '../diagnose/report.ts';
import {plain} from './plain.ts';

/** Series of one metric: a file with more would cost Prometheus more than it tells. The rest is counted in kdiag_series_left_out. */
const most = 500;

interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * Prometheus' text format, for node_exporter's textfile collector. All are gauges: each run stands for itself. What is not known has no
 * series, as 0 would say that it fails; how much is not known is counted.
 */
export function renderPrometheus(report: Report): string {
  const {status, verdict: {rootCauses}, findings, checks, accepted = [], services, nodes, pairs} = report;
  const roots = new Set(rootCauses.map(({id}) => id));
  const counted = <T extends string>(label: string, values: readonly T[], has: (value: T) => number): Series[] => values.map(value => ({labels: {[label]: value}, value: has(value)}));
  const families: readonly (readonly [name: string, help: string, series: readonly Series[]])[] = [
    ['kdiag_run_info', 'What the last run of kdiag asked, and of which cluster.', [{labels: {version: report.kdiag.version, command: report.command.name, context: report.source.context, kubernetes_version: report.source.server ?? ''}, value: 1}]],
    ['kdiag_run_timestamp_seconds', 'When the last run of kdiag began; of a recording, when it was made.', [{labels: {}, value: Date.parse(report.startedAt) / 1000}]],
    ['kdiag_run_duration_seconds', 'How long the last run of kdiag took.', [{labels: {}, value: report.ms / 1000}]],
    ['kdiag_status', '1 for the status that the last run ended with, 0 for the others.', counted('status', ['healthy', 'degraded', 'broken', 'unknown'], each => Number(each === status))],
    ['kdiag_findings', 'Findings of the last run by level, and whether another finding explains them.', (['error', 'warning', 'info'] as const).flatMap(level => [true, false].map(root => ({labels: {level, root: String(root)}, value: findings.filter(each => each.level === level && roots.has(each.id) === root).length})))],
    ['kdiag_root_cause', '1 for each root cause.', rootCauses.map(({code, level, subject}) => ({labels: {code, level, subject_kind: subject.kind, namespace: subject.namespace ?? '', name: subject.name}, value: 1}))],
    ['kdiag_root_cause_broken_services', 'Services that lose connections by this root cause.', rootCauses.flatMap(({code, subject, breaks}) => (breaks === undefined ? [] : [{labels: {code, subject_kind: subject.kind, namespace: subject.namespace ?? '', name: subject.name}, value: breaks.length}]))],
    ['kdiag_accepted_findings', 'Findings that do not count, as somebody has accepted them.', [{labels: {}, value: accepted.length}]],
    ['kdiag_check_outcome', '1 for the outcome of each check.', checks.map(({id, outcome}) => ({labels: {check: id, outcome}, value: 1}))],
    ['kdiag_services', 'Services by their state.', services === undefined ? [] : counted('state', ['works', 'degraded', 'broken', 'unknown'], state => services.filter(each => each.state === state).length)],
    ['kdiag_service_reach_ratio', 'The smallest share of new connections to the Service that succeed, over all nodes and addresses, by the rules.', reachOf(report)],
    ['kdiag_nodes', "Nodes by how their rules compare with what the API asks for.", nodes === undefined ? [] : counted('rules', ['in sync', 'differ', 'unread', 'none expected'], rules => nodes.filter(each => each.rules === rules).length)],
    ['kdiag_node_rules_in_sync', "1 where the node's rules do what the API asks for, 0 where they differ.", (nodes ?? []).flatMap(({name, rules}) => (rules === 'in sync' || rules === 'differ' ? [{labels: {node: name}, value: Number(rules === 'in sync')}] : []))],
    ['kdiag_pair_success_ratio', 'Share of connections from a node, or a pod on it, to a pod on another that came through.', worstFirst((pairs ?? []).flatMap(({from, to, client, tries, ok}) => (tries === 0 ? [] : [{labels: {from, to, client}, value: ok / tries}])))],
  ];
  const leftOut: Series[] = [];
  const lines = families.flatMap(([name, help, series]) => {
    const own = distinct(name, series);
    if (own.length > most) leftOut.push({labels: {metric: name}, value: own.length - most});
    return own.length === 0 ? [] : [...headOf(name, help), ...own.slice(0, most)];
  });
  return `${[...lines, ...(leftOut.length === 0 ? [] : [...headOf('kdiag_series_left_out', 'Series that are not in this file, as there are too many.'), ...distinct('kdiag_series_left_out', leftOut)])].join('\n')}\n`;
}

/** Of a command about one Service, by what it asked; the whole cluster has a line for each. Those that fail come first. */
function reachOf({services, reach}: Report): Series[] {
  if (services !== undefined) return services.flatMap(({namespace, name, predicted}) => (predicted === null ? [] : [{labels: {namespace, service: name}, value: predicted}]));
  const ways = reach.flatMap(({to, predicted}) => {
    const [, namespace = '', service = ''] = /^([^/]+)\/([^/:]+):/.exec(to) ?? [];
    return service === '' || predicted === null ? [] : [{labels: {namespace, service}, value: predicted}];
  });
  return worstFirst([...Map.groupBy(ways, ({labels}) => JSON.stringify(labels)).values()].map(same => ({labels: same[0]!.labels, value: Math.min(...same.map(({value}) => value))})));
}

function worstFirst(series: readonly Series[]): Series[] {
  return [...series].sort((a, b) => a.value - b.value);
}

function headOf(name: string, help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`];
}

/** The collector refuses a file in which a series is twice, and with it all that node_exporter has to say of files: the first stands. */
function distinct(name: string, series: readonly Series[]): string[] {
  const lines = new Map<string, string>();
  for (const {labels, value} of series) {
    const key = `${name}${labelsOf(labels)}`;
    if (!lines.has(key)) lines.set(key, `${key} ${value}`);
  }
  return [...lines.values()];
}

function labelsOf(labels: Readonly<Record<string, string>>): string {
  const drawn = Object.entries(labels).map(([name, value]) => `${name}="${plain(value.toWellFormed()).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`);
  return drawn.length === 0 ? '' : `{${drawn.join(',')}}`;
}
