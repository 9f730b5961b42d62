import {type Answer, isKnown} from '../cluster/answer.ts';
import type {TcpAsked} from '../cluster/tcp.ts';
import {parseAddress} from '../model/ip.ts';
import {askedNodes} from './asked-proxies.ts';
import {nodePlace} from './client-places.ts';
import type {Learn} from './facts.ts';

/** Whether each node reaches the API server that its kube-proxy was told. Not asked: a server that is named, whose address is the node's resolver's affair. */
export const proxyServers: Learn<'proxyServers'> = async ({cluster, need, try: attempt}) => {
  const [config, nodes, proxies] = await Promise.all([need('proxyConfig'), askedNodes({need, try: attempt}), attempt('proxies')]);
  const url = URL.parse(config?.server ?? '');
  const address = url?.hostname.replace(/^\[|\]$/g, '') ?? '';
  if (url === null || parseAddress(address) === null) return new Map();
  const known = isKnown(proxies) ? proxies.known : null;
  const told = nodes.filter(({metadata}) => (known?.pods.get(metadata.name) ?? []).length > 0).map(async (node): Promise<[string, Answer<TcpAsked>]> => {
    const [answer = {unknown: {why: 'lost' as const, detail: 'no answer'}}] = await cluster.askTcp(nodePlace('client', node, known).place, [{address, port: Number(url.port || 443), tries: 2, timeoutMs: 3_000, what: {kind: 'connect', payload: 0}}]);
    return [node.metadata.name, answer];
  });
  return new Map(await Promise.all(told));
};
