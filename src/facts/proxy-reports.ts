import {type Answer, isKnown, known, unknown} from '../cluster/answer.ts';
import type {TcpAsk} from '../cluster/tcp.ts';
import {proxyReport, type ProxyReport} from '../model/proxy-report.ts';
import {stateOf} from '../model/pods.ts';
import {askedNodes, isAboutProxies} from './asked-proxies.ts';
import {nodePlace} from './client-places.ts';
import type {Learn} from './facts.ts';

/** Milliseconds; the ports are on the node itself. */
const patience = 3_000;
const asked = [['proxyMode', 10249, 4_096], ['configz', 10249, 65_536], ['metrics', 10249, 1_048_576], ['healthz', 10256, 65_536]] as const;

/** What each running kube-proxy says of itself, at the ports that it has unless told otherwise; asked on its node, as only that may. */
export const proxyReports: Learn<'proxyReports'> = async ({cluster, target, need, try: attempt}) => {
  const [proxies, nodes] = await Promise.all([need('proxies'), askedNodes({target, need, try: attempt})]);
  const running = nodes.filter(({metadata}) => proxies.pods.get(metadata.name)?.some(({pod}) => stateOf(pod).state === 'ready') === true);
  const told = await Promise.all(running.map(async (node): Promise<[string, Answer<ProxyReport>]> => {
    const asks = asked.map(([path, port, most]): TcpAsk => ({address: '127.0.0.1', port, tries: 1, timeoutMs: patience, what: {kind: 'http', host: `127.0.0.1:${port}`, path: `/${path}`, most}}));
    const answers = await cluster.askTcp(nodePlace('client', node, proxies).place, asks);
    const lacking = answers.find(answer => !isKnown(answer));
    if (lacking !== undefined && !isKnown(lacking)) return [node.metadata.name, isAboutProxies(target) ? lacking : unknown('not-asked', lacking.unknown.detail)];
    const tries = answers.map(answer => (isKnown(answer) ? answer.known.tries.at(-1) : undefined));
    const http = (path: (typeof asked)[number][0]) => tries[asked.findIndex(([name]) => name === path)]?.http ?? null;
    return [node.metadata.name, known(proxyReport({mode: http('proxyMode'), config: http('configz'), metrics: http('metrics'), health: http('healthz'), ports: tries.every(each => each?.outcome === 'timed-out' && each.connectMicros !== null) ? 'hung' : tries.every(each => each?.outcome === 'refused') ? 'closed' : 'open'}))];
  }));
  return new Map(told);
};
