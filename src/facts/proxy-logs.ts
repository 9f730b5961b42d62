import {isKnown, knownOf} from '../cluster/answer.ts';
import {stateAt} from '../model/pods.ts';
import type {ProxyReport} from '../model/proxy-report.ts';
import type {Learn} from './facts.ts';

/** Of kube-proxies that do not run and, where they were asked, of those whose rules are refused, that have written none yet, or whose ports do not answer. */
const most = {pods: 3, lines: 40};

export const proxyLogs: Learn<'proxyLogs'> = async ({cluster, need, try: attempt}) => {
  const now = await need('now');
  const reports = await attempt('proxyReports');
  const lags = (node: string): boolean => {
    const report = knownOf(reports, node);
    return report !== null && isBehind(report);
  };
  const all = [...(await need('proxies')).pods].flatMap(([node, pods]) => pods.map(each => ({node, ...each})));
  const broken = all.filter(({pod}) => stateAt(pod, now).state !== 'ready');
  const asked = [...broken, ...all.filter(each => !broken.includes(each) && lags(each.node))].slice(0, most.pods);
  const logs = await Promise.all(asked.map(async ({node, pod, container}) => {
    const query = {namespace: pod.metadata.namespace ?? '', pod: pod.metadata.name, container: container.name, lines: most.lines};
    for (const previous of [false, true]) {
      const log = await cluster.log({...query, previous});
      if (isKnown(log) && log.known.trim() !== '') return [[node, log.known] as const];
    }
    return [];
  }));
  return Object.fromEntries(logs.flat());
};

function isBehind({work, ports}: ProxyReport): boolean {
  return ports !== 'open' || (work !== null && work.families.some(({failures, syncedAt}) => failures > 0 || syncedAt === null));
}
