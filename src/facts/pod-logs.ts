import {isKnown} from '../cluster/answer.ts';
import {stateOf} from '../model/pods.ts';
import type {Learn} from './facts.ts';

/** How many pods, and lines of each, at the most. */
const most = {pods: 2, lines: 5};

export const podLogs: Learn<'podLogs'> = async ({cluster, one, need}) => {
  const {namespace} = await one();
  const crashed = (await need('pods')).flatMap(pod => {
    const state = stateOf(pod);
    return state.state === 'not-running' && (state.reason === 'crash-loop' || state.reason === 'failed') && state.container !== null ? [{pod: pod.metadata.name, container: state.container}] : [];
  }).slice(0, most.pods);
  const logs = await Promise.all(crashed.map(async ({pod, container}) => {
    const previous = await cluster.log({namespace, pod, container, previous: true, lines: most.lines});
    const log = isKnown(previous) ? previous : await cluster.log({namespace, pod, container, previous: false, lines: most.lines});
    return isKnown(log) ? [[pod, log.known] as const] : [];
  }));
  return Object.fromEntries(logs.flat());
};
