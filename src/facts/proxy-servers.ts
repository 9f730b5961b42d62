import type {Answer} from '../cluster/answer.ts';
import type {TcpAsked} from '../cluster/tcp.ts';
import {parseAddress} from '../model/ip.ts';
import {configOf} from '../model/proxy-config.ts';
import {askedNodes} from './asked-proxies.ts';
import {nodePlace} from './client-places.ts';
import type {Learn} from './facts.ts';

/** Whether each node reaches the API server that its kube-proxy was told. Not asked: a server that is named, whose address is the node's resolver's affair. */
export const proxyServers: Learn<'proxyServers'> = async ({cluster, target, need, try: attempt}) => {
  const [nodes, proxies] = await Promise.all([askedNodes({target, need, try: attempt}), need('proxies')]);
  const told = nodes.filter(({metadata}) => (proxies.pods.get(metadata.name) ?? []).length > 0).map(async (node): Promise<[string, Answer<TcpAsked>][]> => {
    const url = URL.parse(configOf(proxies, node.metadata.name)?.server ?? '');
    const address = url?.hostname.replace(/^\[|\]$/g, '') ?? '';
    if (url === null || parseAddress(address) === null) return [];
    const [answer = {unknown: {why: 'lost' as const, detail: 'no answer'}}] = await cluster.askTcp(nodePlace('client', node, proxies).place, [{address, port: Number(url.port || 443), tries: 2, timeoutMs: 3_000, what: {kind: 'connect', payload: 0}}]);
    return [[node.metadata.name, answer]];
  });
  return new Map((await Promise.all(told)).flat());
};
