import {isKnown, known, knownOf} from '../cluster/answer.ts';
import type {Facts} from '../facts/facts.ts';
import {askOf, type NetworkCell, takes, triesOf} from '../model/network/asked.ts';
import {measuredOf, predictedFor} from '../model/network/expected.ts';
import {presumedLosses} from '../model/network/losses.ts';
import type {Ground} from '../model/network/suspects.ts';
import type {Reach} from './report.ts';

/**
 * What the rules promise, times what the endpoints behind them answered to the same client; and beside it what was measured at the address
 * itself. Of a pod on the node and the node itself, the one that fares worse. Other ways in than the ClusterIP are not measured.
 */
export function withNetworkAnswers(reach: readonly Reach[], comparisons: Facts['comparisons'], answers: readonly NetworkCell[], ground: Ground): Reach[] {
  // where nobody asked, what the nodes say of the way counts as if it had been tried
  const presumed = new Set(answers.some(({heard}) => isKnown(heard)) ? [] : presumedLosses(answers, ground).flatMap(loss => loss.cells));
  const cells = answers.map(cell => (presumed.has(cell) ? {...cell, heard: known({ask: askOf(cell), via: 'nobody', tries: [lostTry]})} : cell));
  const measured = measuredOf(answers, comparisons, node => ground.networkOf(node));
  return reach.map(each => {
    const port = /:(\d+\/TCP)(?: at (\S+))?$/.exec(each.to);
    if (port === null || each.predicted === null) return each;
    const own = measured.filter(one => one.node === each.from.name && one.servicePort === port[1] && (port[2] === undefined || one.address === port[2]));
    const [worst] = own.toSorted((a, b) => (a.predicted ?? 1) - (b.predicted ?? 1) || a.ok / a.tries - b.ok / b.tries);
    const shares = (knownOf(comparisons, each.from.name) ?? []).filter(({way}) => way.kind === 'cluster-ip' && `${way.port}/${way.protocol}` === port[1]).map(comparison => predictedFor(comparison, cells.filter(({from}) => from.place.node === each.from.name && (from.pod === null) === (comparison.way.client === 'host')), ground.networkOf(each.from.name)) ?? 1);
    const predicted = Math.min(each.predicted, ...shares);
    const endpoints = silent(cells, each.from.name);
    const lost = predicted < each.predicted && each.lostAt === undefined ? {lostAt: endpoints.length === 0 ? 'the bridge of its pods' : `endpoints that do not answer there: ${endpoints.join(', ')}`} : {};
    return {...each, predicted, ...lost, ...(worst === undefined || worst.tries === 0 ? {} : {probed: {tries: worst.tries, ok: worst.ok}})};
  });
}

const lostTry = {outcome: 'timed-out', detail: null, connectMicros: null, micros: 0, icmp: null, http: null, tls: null} as const;

function silent(cells: readonly NetworkCell[], node: string): string[] {
  return [...new Set(cells.filter(cell => cell.from.place.node === node && cell.target.kind === 'endpoint' && cell.size === 'small' && triesOf([cell]).length > 0 && !triesOf([cell]).some(takes)).map(({target}) => (target.kind === 'endpoint' ? target.endpoint.to : '')))].sort();
}
