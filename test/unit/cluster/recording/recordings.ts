import {known, unknown} from '../../../../src/cluster/answer.ts';
import {type Exchange, inOrder, type Recording} from '../../../../src/cluster/recording/recording.ts';
import {event, pod, reading, service} from '../world.ts';

export const cart = service('shop', 'cart');
export const cart1 = pod('shop', 'cart-1', {app: 'cart'});
export const cart2 = pod('shop', 'cart-2', {app: 'cart'}, 'n2');
const till = pod('bank', 'till', {app: 'till'});

/** One question of each kind, with each kind of answer. */
export const exchanges: readonly Exchange[] = [
  {ask: 'version', answer: known('v1.36.3')},
  {ask: 'get', resource: 'services', namespace: 'shop', name: 'cart', answer: known(cart)},
  {ask: 'get', resource: 'services', namespace: 'shop', name: 'gone', answer: known(null)},
  {ask: 'get', resource: 'nodes', namespace: null, name: 'n1', answer: unknown('forbidden', 'nodes "n1" is forbidden')},
  {ask: 'list', query: {resource: 'pods', namespace: 'shop', labelSelector: 'app=cart'}, answer: known([cart1, cart2])},
  {ask: 'list', query: {resource: 'pods'}, answer: known([till, cart1, cart2])},
  {ask: 'list', query: {resource: 'events', namespace: 'shop', fieldSelector: 'involvedObject.kind=Pod,involvedObject.name=cart-1'}, answer: known([event('shop', 'cart-1.17f', {kind: 'Pod', name: 'cart-1'})])},
  {ask: 'list', query: {resource: 'daemonsets', namespace: 'kube-system'}, answer: unknown('timeout', 'no answer within 10 s')},
  {ask: 'log', query: {namespace: 'kube-system', pod: 'kube-proxy-x', container: 'kube-proxy', previous: true, lines: 50}, answer: known('line 1\nline 2 with µ\n')},
  {ask: 'log', query: {namespace: 'kube-system', pod: 'kube-proxy-x', container: 'kube-proxy', previous: false, lines: 50}, answer: unknown('lost', 'the connection ended')},
  {ask: 'node', node: 'n1', answer: known(reading('n1', {ip_vs: 'no newline at the end', 'iptables-nft-save': '*nat\nCOMMIT\n'}))},
  {ask: 'node', node: 'n2', answer: unknown('refused', 'no debug pod may be created')},
];

export const recording = recordingOf(exchanges);

export function recordingOf(of: readonly Exchange[]): Recording {
  return {kdiag: '0.1.0', recordedAt: '2026-11-21T12:00:00.250Z', context: 'prod', pseudonymised: false, exchanges: inOrder(of)};
}

/** A sequence of numbers from 0 to 1, the same in every run. */
export function randoms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const random = randoms(seed);
  return items.map(item => [random(), item] as const).sort(([a], [b]) => a - b).map(([, item]) => item);
}
