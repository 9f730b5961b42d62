import type {ApiTarget} from '../model/apiserver/questions.ts';
import {askOf} from '../model/apiserver/questions.ts';
import {apiServersOf} from '../model/apiserver/api-servers.ts';
import {clusterIPs, endpointsOf} from '../model/endpoints.ts';
import {familyOf} from '../model/ip.ts';
import type {Learn} from './facts.ts';

export const apiServers: Learn<'apiServers'> = async ({need}) => apiServersOf(await need('systemPods'));

/** Each place asks the Service's address, each of its endpoints, and each API server that runs and is none. */
export const apiAnswers: Learn<'apiAnswers'> = async ({cluster, need}) => {
  const [places, service, slices, servers] = await Promise.all([need('clientPlaces'), need('service'), need('slices'), need('apiServers')]);
  const [port] = service?.spec.ports ?? [];
  if (service === null || port === undefined) return [];
  const vips = clusterIPs(service).map((address): ApiTarget => ({kind: 'vip', address, port: port.port}));
  const endpoints = [...new Set(clusterIPs(service).map(familyOf))].flatMap(family => endpointsOf(slices, port, family)).map((endpoint): ApiTarget => ({kind: 'endpoint', address: endpoint.address, port: endpoint.port}));
  const others = servers.filter(({address, port: own}) => address !== null && !endpoints.some(each => each.address === address && each.port === own)).map((server): ApiTarget => ({kind: 'other', address: server.address ?? '', port: server.port}));
  const targets = [...vips, ...endpoints, ...others];
  const cells = await Promise.all(places.map(async from => {
    const heard = await cluster.askTcp(from.place, targets.map(askOf));
    return targets.map((target, i) => ({from, target, heard: heard[i] ?? {unknown: {why: 'lost' as const, detail: 'no answer for this question'}}}));
  }));
  return cells.flat();
};
