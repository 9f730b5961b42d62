import {unknown} from '../cluster/answer.ts';
import {hostPort} from '../model/ip.ts';
import {askOf, type NetworkCell, type Target} from '../model/network/asked.ts';
import type {Learn} from './facts.ts';
import {serviceTargets} from './network-answers.ts';
import {sent} from './sent.ts';

/** Endpoints that one node asks at most. */
const mostOfNode = 300;

/**
 * Each node that asks at all asks the endpoints of Services on it, once each: no pod network is between them, so what does not answer is the
 * endpoint's own matter. The API server is not asked: it logs what is no TLS.
 */
export const endpointAnswers: Learn<'endpointAnswers'> = async ({cluster, need}) => {
  const [places, services, nodes] = await Promise.all([need('clientPlaces'), need('services'), need('nodes')]);
  const asked = services.filter(({service: {metadata}}) => !(metadata.namespace === 'default' && metadata.name === 'kubernetes'))
    .flatMap(each => serviceTargets(each, nodes).map(target => ({service: `${each.service.metadata.namespace}/${each.service.metadata.name}`, target})));
  const cells = await Promise.all(places.filter(({pod}) => pod === null).map(async from => {
    const near = Map.groupBy(asked.filter(({target}) => target.kind === 'endpoint' && target.node === from.place.node), ({target}) => hostPort(target.address, target.port));
    const some = [...near.values()].slice(0, mostOfNode);
    const heard = sent(await cluster.askTcp(from.place, some.map(([first]) => ({...askOf({target: first?.target as Target, size: 'small'}), tries: 1}))));
    return some.flatMap((same, i) => same.map(({service, target}) => ({service, cell: {from, target, size: 'small', heard: heard[i] ?? unknown('lost', 'no answer for this question')} satisfies NetworkCell})));
  }));
  return new Map([...Map.groupBy(cells.flat(), ({service}) => service)].map(([service, own]) => [service, own.map(({cell}) => cell)]));
};
