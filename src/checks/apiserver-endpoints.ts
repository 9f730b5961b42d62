import {isKnown, knownOf} from '../cluster/answer.ts';
import {evidence} from '../findings/finding.ts';
import {type ApiCell, targetText} from '../model/apiserver/questions.ts';
import {placeText} from '../model/dns/place.ts';
import {apiserverSubject, attempts, failureOf, shareOf, unasked} from './apiserver-cells.ts';
import {check, type Found} from './check.ts';

type Own = 'apiserver-endpoints-stale' | 'apiserver-advertise-address-unreachable' | 'apiserver-not-answering';

export default check({
  id: 'apiserver-endpoints',
  link: 'API server',
  question: 'Its endpoints are the living API servers, and answer every node',
  needs: ['service', 'slices', 'apiAnswers'],
  hopes: ['nodeRules'],
  can: ['apiserver-endpoints-stale', 'apiserver-advertise-address-unreachable', 'apiserver-not-answering'],
  run: ({service, slices, apiAnswers, nodeRules}) => {
    if (service === null) return {skipped: 'the Service does not exist'};
    const told = slices.map(slice => evidence('object', `EndpointSlice ${slice.metadata.namespace}/${slice.metadata.name}`, `endpoints: ${JSON.stringify((slice.endpoints ?? []).map(({addresses}) => addresses))}, ports: ${JSON.stringify(slice.ports ?? [])}`));
    if (slices.every(({endpoints}) => (endpoints ?? []).length === 0)) return {findings: [{code: 'apiserver-endpoints-stale', subject: apiserverSubject, args: {reason: 'none', addresses: [], alive: [], share: 1}, evidence: told}]};
    // Pods and their node share the way to an address outside of the pod network; what a node hears counts.
    const cells = apiAnswers.filter(({from, target}) => from.pod === null && target.kind !== 'vip');
    if (cells.length === 0) return {skipped: 'there is nowhere to ask from'};
    const lacking = unasked(cells);
    const byTarget = [...Map.groupBy(cells.filter(({heard}) => isKnown(heard)), ({target}) => targetText(target))].map(([address, own]) => ({address, own, kind: own[0]!.target.kind, share: shareOf(own) ?? 0}));
    if (byTarget.length === 0) return {unknown: lacking};
    const endpoints = byTarget.filter(({kind}) => kind === 'endpoint');
    const dead = endpoints.filter(({share}) => share === 0);
    const alive = endpoints.filter(({share}) => share > 0);
    const others = byTarget.filter(({kind, share}) => kind === 'other' && share > 0);
    const living = [...alive, ...others].map(({address}) => address);
    const findings: Found<Own>[] = [];
    if (dead.length > 0 && living.length === 0) {
      const own = dead.flatMap(each => each.own);
      const {reason, text} = failureOf(own);
      findings.push({code: 'apiserver-not-answering', subject: apiserverSubject, args: {reason: reason === 'reset' ? 'other' : reason, addresses: dead.map(({address}) => address), from: [...new Set(own.map(({from}) => placeText(from)))], failure: text}, evidence: [...told, ...attempts(own)]});
    } else if (dead.length > 0) findings.push({code: 'apiserver-endpoints-stale', subject: apiserverSubject, args: {reason: 'dead', addresses: dead.map(({address}) => address), alive: living, share: dead.length / endpoints.length}, evidence: [...told, ...attempts(dead.flatMap(({own}) => own))]});
    else if (others.length > 0) findings.push({code: 'apiserver-endpoints-stale', subject: apiserverSubject, level: 'warning', args: {reason: 'missing', addresses: others.map(({address}) => address), alive: alive.map(({address}) => address), share: 0}, evidence: [...told, ...attempts(others.flatMap(({own}) => own))]});
    const local = (node: string, address: string): boolean => knownOf(nodeRules, node)?.localAddresses?.has(address) === true;
    findings.push(...partly(alive, local));
    return {findings, unknown: lacking, note: `${alive.map(({address}) => address).join(' ')}, asked from ${new Set(cells.map(({from}) => from.place.node)).size} nodes`};
  },
});

interface Heard {
  readonly address: string;
  readonly own: readonly ApiCell[];
}

/** Of five connections one may be lost by chance. */
const fair = 0.75;

/** Endpoints that answer some nodes and not others, or not always: one finding for all of them, of those that nodes have themselves if there are any. */
function partly(alive: readonly Heard[], isLocal: (node: string, address: string) => boolean): Found<'apiserver-advertise-address-unreachable'>[] {
  const partial = alive.map(({address, own}) => ({address, silent: own.filter(cell => (shareOf([cell]) ?? 1) < fair), answering: own.filter(cell => (shareOf([cell]) ?? 0) >= fair)})).filter(({silent}) => silent.length > 0);
  const local = partial.flatMap(({address, silent, answering}) => { const own = silent.filter(({from, target}) => isLocal(from.place.node, target.address)); return own.length === 0 ? [] : [{address, silent: own, answering}]; });
  const told = local.length > 0 ? local : partial;
  if (told.length === 0) return [];
  const silent = told.flatMap(each => each.silent);
  const from = nodesOf(silent);
  return [{
    code: 'apiserver-advertise-address-unreachable', subject: apiserverSubject, evidence: attempts([...silent, ...told.flatMap(({answering}) => answering)]),
    args: {reason: local.length > 0 ? 'local-address' : 'some-nodes', addresses: told.map(({address}) => address), from, answersAt: nodesOf(told.flatMap(({answering}) => answering)).filter(node => !from.includes(node)), share: shareOf(silent) ?? 0, failure: failureOf(silent).text},
  }];
}

const nodesOf = (cells: readonly ApiCell[]): string[] => [...new Set(cells.map(({from}) => from.place.node))];
