import {isKnown} from '../cluster/answer.ts';
import {serverContainer} from '../model/dns/servers.ts';
import {stateOf} from '../model/pods.ts';
import type {Learn} from './facts.ts';

/** How many pods, and lines of each, at the most. */
const most = {pods: 4, lines: 200};

/** Of those that do not run, of the run before: what ended it is told there. */
export const dnsLogs: Learn<'dnsLogs'> = async ({cluster, need}) => {
  const pods = (await need('dnsPods')).filter(({spec}) => spec.nodeName !== undefined);
  const troubled = pods.filter(pod => stateOf(pod).state !== 'ready');
  const chosen = [...troubled, ...pods.filter(pod => !troubled.includes(pod))].slice(0, most.pods);
  const logs = await Promise.all(chosen.map(async pod => {
    const {namespace = '', name} = pod.metadata;
    const container = serverContainer(pod)?.name ?? '';
    const status = pod.status?.containerStatuses?.find(each => each.name === container);
    const query = {namespace, pod: name, container, lines: most.lines};
    const now = status?.state?.waiting === undefined ? await cluster.log({...query, previous: false}) : null;
    const before = status?.lastState?.terminated !== undefined && status.ready !== true ? await cluster.log({...query, previous: true}) : null;
    const texts = [before, now].flatMap(log => (log !== null && isKnown(log) && log.known.trim() !== '' ? [log.known] : []));
    // A container that has not run yet, or whose last run is forgotten, has no log that could be missed.
    const missing = [now, before].find(log => log !== null && !isKnown(log) && log.unknown.why !== 'absent');
    return {pod: name, text: texts.join('\n'), lacking: texts.length === 0 && missing && !isKnown(missing) ? missing.unknown : null};
  }));
  return logs.sort((a, b) => (a.pod < b.pod ? -1 : 1));
};
