import {knownOf} from '../cluster/answer.ts';
import type {Facts} from '../facts/facts.ts';
import type {Comparison} from '../model/comparison.ts';
import {type Cell, count} from '../model/dns/heard.ts';
import type {Reach} from './report.ts';

/**
 * What the rules promise, times what the endpoints behind them really answered; and beside it what was measured at the address itself.
 * An endpoint that was not asked is taken to answer.
 */
export function withAnswers(reach: readonly Reach[], comparisons: Facts['comparisons'], cells: readonly Cell[]): Reach[] {
  return reach.map(each => {
    const protocol = each.to.includes('/UDP') ? 'udp' : 'tcp';
    const own = cells.filter(({from, purpose, ask}) => purpose === 'cluster' && from.role === 'client' && from.place.node === each.from.name && ask.protocol === protocol);
    const {tries, answered} = count(own.filter(({server}) => server.kind === 'vip'));
    const shares = (knownOf(comparisons, each.from.name) ?? []).filter(({way}) => way.kind === 'cluster-ip' && way.protocol.toLowerCase() === protocol).map(comparison => answering(comparison, own));
    const predicted = each.predicted === null ? null : Math.min(each.predicted, ...shares);
    const silent = predicted !== null && each.predicted !== null && predicted < each.predicted && each.lostAt === undefined ? {lostAt: 'CoreDNS pods that do not answer'} : {};
    return {...each, predicted, ...silent, ...(tries === 0 ? {} : {probed: {tries, ok: answered}})};
  });
}

function answering({shares, way}: Comparison, cells: readonly Cell[]): number {
  const sum = Object.entries(shares).reduce((total, [to, share]) => {
    const {tries, answered} = count(cells.filter(({server, from}) => server.kind === 'pod' && to.startsWith(`${server.address}:`) && (from.pod === null) === (way.client === 'host')));
    return total + share * (tries === 0 ? 1 : answered / tries);
  }, 0);
  return Math.round(sum * 1e6) / 1e6;
}
