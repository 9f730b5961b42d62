import {isKnown} from '../cluster/answer.ts';
import {stateOf} from '../model/pods.ts';
import type {Learn} from './facts.ts';

const most = {pods: 3, lines: 8};

export const proxyLogs: Learn<'proxyLogs'> = async ({cluster, need}) => {
  const broken = [...(await need('proxies')).pods].flatMap(([node, pods]) => pods.filter(({pod}) => stateOf(pod).state !== 'ready').map(each => ({node, ...each}))).slice(0, most.pods);
  const logs = await Promise.all(broken.map(async ({node, pod, container}) => {
    const query = {namespace: pod.metadata.namespace ?? '', pod: pod.metadata.name, container: container.name, lines: most.lines};
    for (const previous of [false, true]) {
      const log = await cluster.log({...query, previous});
      if (isKnown(log) && log.known.trim() !== '') return [[node, log.known] as const];
    }
    return [];
  }));
  return Object.fromEntries(logs.flat());
};
