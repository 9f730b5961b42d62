import {type Answer, isKnown, unknown} from '../cluster/answer.ts';
import {isClosed} from '../model/network/asked.ts';
import {type Listener, parseSockets} from '../parse/proc-sockets.ts';
import {podPlace} from './client-places.ts';
import type {Learn} from './facts.ts';

/** Pods that are looked at: what one of a workload listens on, the others do too. */
const most = 3;

export const endpointSockets: Learn<'endpointSockets'> = async ({cluster, need, try: attempt}) => {
  const [cells, pods, nodes, proxies] = await Promise.all([need('networkAnswers'), need('pods'), need('nodes'), attempt('proxies')]);
  const endpoints = Map.groupBy(cells.filter(({target, size}) => target.kind === 'endpoint' && size === 'small'), ({target}) => `${target.address} ${target.port}`);
  const closed = [...endpoints.values()].filter(isClosed);
  const names = new Set(closed.flatMap(own => (own[0]?.target.kind === 'endpoint' ? (own[0].target.endpoint.pod ?? []) : [])));
  const looked = pods.filter(({metadata}) => names.has(metadata.name)).slice(0, most);
  return new Map(await Promise.all(looked.map(async (pod): Promise<[string, Answer<readonly Listener[]>]> => {
    const [place] = podPlace('server', pod, nodes, isKnown(proxies) ? proxies.known : null);
    const read = place === undefined ? unknown('absent', 'the pod is on no node') : await cluster.readPlace(place.place);
    return [`${pod.metadata.namespace}/${pod.metadata.name}`, isKnown(read) ? listenersIn(read.known.sections['sockets']) : read];
  })));
};

function listenersIn(section: {readonly stdout: string; readonly exit: number} | undefined): Answer<readonly Listener[]> {
  if (section === undefined) return unknown('not-recorded', 'the sockets of the pod were not recorded');
  const {listeners, strange} = parseSockets(section.stdout);
  // each table has a heading, however few sockets there are: without one nothing was read
  if (!/^table tcp$/m.test(section.stdout) || strange[0] !== undefined) return unknown('unparsed', `the sockets of the pod could not be read${strange[0] === undefined ? '' : `: ${strange[0]}`}`);
  return {known: listeners};
}
