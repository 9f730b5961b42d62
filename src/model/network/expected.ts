import {type Answer, isKnown, knownOf} from '../../cluster/answer.ts';
import type {Comparison} from '../comparison.ts';
import {forwards, type NodeNetwork} from './node-network.ts';
import {deviceOf} from './routing.ts';
import {type NetworkCell, takes, triesOf} from './asked.ts';

/** What was measured at a Service's address on one node, and what should have been. */
export interface Measured {
  readonly node: string;
  readonly client: 'pod' | 'node';
  /** `80/TCP` */
  readonly servicePort: string;
  readonly address: string;
  readonly tries: number;
  readonly ok: number;
  /** What the rules promise, times what the endpoints behind them answered to the same client; null: the rules are undecided. */
  readonly predicted: number | null;
  readonly cells: readonly NetworkCell[];
}

export function measuredOf(cells: readonly NetworkCell[], comparisons: ReadonlyMap<string, Answer<readonly Comparison[]>>, networkOf: (node: string) => NodeNetwork | null = () => null): Measured[] {
  return cells.filter(({target, heard}) => target.kind === 'vip' && isKnown(heard)).flatMap((cell): Measured[] => {
    const {from, target} = cell;
    if (target.kind !== 'vip') return [];
    const node = from.place.node;
    const client = from.pod === null ? 'node' as const : 'pod' as const;
    const comparison = (knownOf(comparisons, node) ?? []).find(({way}) => way.kind === 'cluster-ip' && way.client === (client === 'pod' ? 'pod' : 'host') && way.address === target.address && `${way.port}/${way.protocol}` === target.servicePort);
    if (comparison === undefined) return [];
    const tries = triesOf([cell]);
    return [{node, client, servicePort: target.servicePort, address: target.address, tries: tries.length, ok: tries.filter(takes).length, predicted: predictedFor(comparison, cells.filter(each => each.from === from), networkOf(node)), cells: [cell]}];
  });
}

/** An endpoint that was not asked is taken to answer. `network`: the client's node's, if what it does to its own pods is to count. */
export function predictedFor({predicted, shares, way}: Comparison, own: readonly NetworkCell[], network: NodeNetwork | null): number | null {
  if (predicted === null || Object.keys(shares).length === 0) return predicted; // the node itself answers, or nobody is to
  const pod = way.client === 'pod' ? own.find(({from}) => from.pod !== null)?.from.pod?.status?.podIP ?? null : null;
  const through = Object.entries(shares).reduce((sum, [to, share]) => {
    const tries = triesOf(own.filter(({target, size}) => size === 'small' && target.kind === 'endpoint' && target.endpoint.to === to));
    return isLostBehindVip(network, pod, to) ? sum : sum + share * (tries.length === 0 ? 1 : tries.filter(takes).length / tries.length);
  }, 0);
  return Math.min(predicted, Math.round(through * 1e6) / 1e6);
}

/**
 * Whether a pod loses behind a VIP what comes through to the endpoint itself: what is translated on its node is forwarded there, and comes back
 * translated only if a bridge shows it to the rules; a port of a bridge gives its pod nothing back that came from it.
 */
function isLostBehindVip(network: NodeNetwork | null, pod: string | null, to: string): boolean {
  if (network === null || pod === null) return false;
  if (!forwards(network)) return true;
  const endpoint = to.slice(0, to.lastIndexOf(':'));
  const device = deviceOf(network, pod);
  const bridge = network.links.find(({name, kind}) => kind === 'bridge' && name === device);
  if (bridge === undefined || deviceOf(network, endpoint) !== device) return false;
  if (pod !== endpoint) return network.sysctls['net/bridge/bridge-nf-call-iptables'] === '0';
  const ports = network.links.filter(({master, hairpin}) => master === bridge.index && hairpin !== null);
  return ports.length > 0 && ports.every(({hairpin}) => hairpin === false) && bridge.promiscuous === false;
}

/** Whether so many of these tries would be a wonder: less than one run in thousands if the prediction is right. */
export function isWonder({tries, ok, predicted}: Pick<Measured, 'tries' | 'ok' | 'predicted'>): boolean {
  if (predicted === null || tries === 0) return false;
  if (predicted > 0.999) return ok < Math.min(tries - 1, tries * 0.85); // a few are lost where the machines are busy
  if (predicted < 0.001) return ok > 1;
  return Math.abs(ok / tries - predicted) > 4 * Math.sqrt((predicted * (1 - predicted)) / tries);
}
