import {isKnown} from '../cluster/answer.ts';
import type {Facts} from '../facts/facts.ts';
import type {Comparison, Fault} from '../model/comparison.ts';
import type {Way} from '../model/ways.ts';
import type {Reach} from './report.ts';

const wayNames = {'cluster-ip': '', 'node-port': ' (NodePort)', 'external-ip': ' (externalIP)', 'load-balancer': ' (load balancer)'} as const;

/** Per node and address, the share of new connections that reach an endpoint that should answer. */
export function reachOf(comparisons: Facts['comparisons'], service: string): Reach[] {
  return [...comparisons].flatMap(([node, answer]): Reach[] => {
    const from = {kind: 'Node' as const, name: node};
    if (!isKnown(answer)) return [{from, to: service, predicted: null, lostAt: `could not tell: ${answer.unknown.detail}`}];
    return [...grouped(answer.known)].map(([to, same]) => worst(from, to, same));
  }).sort((a, b) => (`${a.to}\0${a.from.name}` < `${b.to}\0${b.from.name}` ? -1 : 1));
}

function grouped(comparisons: readonly Comparison[]): Map<string, Comparison[]> {
  const groups = new Map<string, Comparison[]>();
  for (const comparison of comparisons) {
    const to = targetText(comparison.way, comparisons);
    groups.set(to, [...(groups.get(to) ?? []), comparison]);
  }
  return groups;
}

/** With several addresses of one kind (dual stack, several load balancers) the address tells them apart. */
function targetText(way: Way, all: readonly Comparison[]): string {
  const several = new Set(all.filter(({way: other}) => other.kind === way.kind && other.portName === way.portName).map(({way: {address}}) => address)).size > 1;
  const service = way.portName.split(':')[0] ?? way.portName;
  return `${service}:${way.port}/${way.protocol}${wayNames[way.kind]}${several ? ` at ${way.address}` : ''}`;
}

/** Pods of a node and the node itself may fare differently (they pass other hooks): the worse of the two counts, and is named. */
function worst(from: Reach['from'], to: string, same: readonly Comparison[]): Reach {
  const shares = same.map(({predicted}) => predicted);
  const predicted = shares.includes(null) ? null : Math.min(...shares.filter(share => share !== null));
  const poor = same.find(each => each.predicted === predicted);
  if (poor === undefined || predicted === 1) return {from, to, predicted};
  const only = same.some(each => each.predicted !== predicted) ? `${poor.way.client === 'host' ? 'from the node itself' : poor.way.client === 'pod' ? 'from its pods' : 'from outside'}: ` : '';
  return {from, to, predicted, lostAt: only + lostAt(poor)};
}

function lostAt(comparison: Comparison): string {
  if (comparison.undecided !== null) return `could not tell: ${comparison.undecided.because}`;
  const [fault] = comparison.faults;
  if (fault !== undefined) return where(fault);
  const [refused] = comparison.refused;
  if (refused !== undefined) return `on ${refused.node}: ${where(refused.fault)}`;
  return comparison.way.expected.endpoints.length === 0 ? (comparison.way.expected.because === 'local' ? 'no endpoint on this node (policy Local)' : 'the Service has no endpoint that takes connections') : 'unknown';
}

function where(fault: Fault): string {
  switch (fault.kind) {
    case 'never-synced': return 'the node has no Service rules';
    case 'hook-missing': return `${fault.hook} does not jump to kube-proxy's rules`;
    case 'endpoint-missing': return fault.chain ?? 'the rules lack endpoints';
    case 'jump-missing': return `nothing jumps to ${fault.chain}`;
    case 'forward-policy': return 'the FORWARD chain, policy DROP';
    case 'wrong-balance': return fault.lost > 0 ? 'the end of the Service chain, untranslated' : 'nowhere: connections pass, but not to every endpoint';
    default: return fault.evidence.at(-1)?.raw ?? fault.kind;
  }
}
