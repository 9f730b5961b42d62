import type {Pod} from '../cluster/objects.ts';
import type {ArgsOf} from '../findings/codes.ts';
import {type Evidence, nodeSubject} from '../findings/finding.ts';
import {wasTried} from '../model/dns/heard.ts';
import {type Loss, lossesOf, type Pair} from '../model/dns/losses.ts';
import {placeText} from '../model/dns/place.ts';
import {stateOf} from '../model/pods.ts';
import {check, type Found} from './check.ts';
import {both, exchanges, failureText, isSilent, isWhole, nothingAsked, shareOf, unasked} from './dns-cells.ts';
import {podName, podSubject} from './dns-subject.ts';
import {sysctlOff} from './sysctl-off.ts';
import {subjectOf, whoOf} from './dns-who.ts';

type Own = 'coredns-pod-not-answering' | 'dns-path-broken' | 'dns-udp-only-broken' | 'dns-tcp-only-broken';

/** Of this share of answered queries on, a loss is a warning. */
const nearlyAll = 0.9;

export default check({
  id: 'coredns-pods-answer',
  link: 'DNS answers',
  question: 'Each CoreDNS pod answers by itself, over UDP and TCP',
  needs: ['dnsPods', 'dnsAnswers'],
  hopes: ['nodeRules'],
  can: ['coredns-pod-not-answering', 'dns-path-broken', 'dns-udp-only-broken', 'dns-tcp-only-broken'],
  run: ({dnsPods, dnsAnswers, nodeRules}) => {
    const cells = dnsAnswers.filter(({purpose, server, from}) => purpose === 'cluster' && server.kind === 'pod' && from.role !== 'server');
    const nothing = nothingAsked(cells);
    if (nothing !== null) return {skipped: nothing};
    const ready = dnsPods.filter(pod => stateOf(pod).state === 'ready');
    const asked = cells.filter(({server}) => ready.some(pod => podName(pod) === server.name));
    const findings = lossesOf(asked, new Map(ready.map(pod => [podName(pod), pod.spec.nodeName ?? '']))).flatMap(loss => {
      if (loss.kind !== 'server') return [ofWay(loss, loss.kind === 'nodes' ? sysctlOff(nodeRules, loss.node, 'net.ipv4.ip_forward') : null)];
      const pod = ready.find(each => podName(each) === loss.server);
      return pod === undefined ? [] : [ofServer(pod, loss.pairs, asked.filter(({server}) => server.name === loss.server).map(({from}) => placeText(from)))];
    });
    const places = new Set(cells.filter(cell => wasTried([cell])).map(({from}) => placeText(from))).size;
    return {findings, unknown: unasked(cells), ...(ready.length === 0 ? {skipped: 'no CoreDNS pod is ready'} : {note: `${ready.length} of ${ready.length}, asked from ${places} ${places === 1 ? 'place' : 'places'}`})};
  },
});

/** What was lost, cell by cell. */
function lostOf(pairs: readonly Pair[]): Evidence[] {
  return exchanges(pairs.flatMap(({cells}) => cells).filter(cell => !Object.values(both([cell])).every(isWhole)));
}

function ofServer(pod: Pod, pairs: readonly Pair[], asked: readonly string[]): Found<Own> {
  const {udp, tcp} = both(pairs.flatMap(({cells}) => cells));
  const name = podName(pod);
  const from = [...new Set(pairs.map(pair => placeText(pair.from)))];
  const one = {subject: podSubject(pod), evidence: lostOf(pairs)};
  if (isSilent(udp) && isWhole(tcp)) return {code: 'dns-udp-only-broken', ...one, args: {what: `CoreDNS pod ${name}`, failure: failureText([udp]), from}};
  if (isSilent(tcp) && isWhole(udp)) return {code: 'dns-tcp-only-broken', ...one, args: {what: `CoreDNS pod ${name}`, failure: failureText([tcp]), from}};
  const share = shareOf([udp, tcp]);
  const answersAt = [...new Set(asked)].filter(place => !from.includes(place));
  return {code: 'coredns-pod-not-answering', ...one, ...(share >= nearlyAll ? {level: 'warning' as const} : {}), args: {pod: name, node: pod.spec.nodeName ?? 'no node', from, answersAt, failure: failureText([udp, tcp]), share}};
}

function ofWay(loss: Exclude<Loss, {readonly kind: 'server'}>, sysctl: string | null): Found<Own> {
  const {pairs, node} = loss;
  const {udp, tcp} = both(pairs.flatMap(({cells}) => cells));
  const lost = [...(isWhole(udp) ? [] : [{name: 'UDP' as const, count: udp}]), ...(isWhole(tcp) ? [] : [{name: 'TCP' as const, count: tcp}])];
  const share = shareOf(lost.map(each => each.count));
  const at = pairs[0]?.from;
  const servers = [...new Map(pairs.map(({server}) => [server.name, server])).values()];
  return {
    code: 'dns-path-broken', subject: loss.kind === 'nodes' || loss.wholeNode || at === undefined ? nodeSubject(node) : subjectOf(at), ...(share >= nearlyAll ? {level: 'warning' as const} : {}), evidence: lostOf(pairs),
    args: {
      reason: loss.kind, node, others: loss.kind === 'nodes' ? loss.others : [], clients: [...new Set(pairs.map(({from}) => placeText(from)))], servers,
      protocols: lost.map(({name}) => name), failure: failureText(lost.map(each => each.count)), share, sysctl, ways: waysOf(pairs),
    },
  };
}

/** Of a pod as client, if there is one: its address is in the other node's routes. */
function waysOf(pairs: readonly Pair[]): ArgsOf['dns-path-broken']['ways'] {
  const pair = pairs.find(({from}) => from.pod !== null) ?? pairs[0];
  if (pair === undefined) return [];
  const {from, server} = pair;
  const address = from.pod?.status?.podIP;
  return [{on: from.place.node, to: server.address, name: server.name}, ...(address === undefined ? [] : [{on: server.node, to: address, name: whoOf(from)}])];
}
