import type {Pod} from '../cluster/objects.ts';

import {type Cell, wasTried} from '../model/dns/heard.ts';
import {placeText} from '../model/dns/place.ts';
import {stateOf} from '../model/pods.ts';
import {check, type Found} from './check.ts';
import {both, byPlace, exchanges, failureText, isSilent, isWhole, nothingAsked, shareOf, unasked} from './dns-cells.ts';
import {podName, podSubject} from './dns-subject.ts';

type Own = 'coredns-pod-not-answering' | 'dns-udp-only-broken' | 'dns-tcp-only-broken';

/** Of this share of answered queries on, a loss is a warning. */
const nearlyAll = 0.9;

export default check({
  id: 'coredns-pods-answer',
  link: 'DNS answers',
  question: 'Each CoreDNS pod answers by itself, over UDP and TCP',
  needs: ['dnsPods', 'dnsAnswers'],
  can: ['coredns-pod-not-answering', 'dns-udp-only-broken', 'dns-tcp-only-broken'],
  run: ({dnsPods, dnsAnswers}) => {
    const cells = dnsAnswers.filter(({purpose, server, from}) => purpose === 'cluster' && server.kind === 'pod' && from.role !== 'server');
    const nothing = nothingAsked(cells);
    if (nothing !== null) return {skipped: nothing};
    const ready = dnsPods.filter(pod => stateOf(pod).state === 'ready');
    const findings = ready.flatMap(pod => judge(pod, cells.filter(({server}) => server.name === podName(pod))));
    const places = new Set(cells.filter(cell => wasTried([cell])).map(({from}) => placeText(from))).size;
    return {findings, unknown: unasked(cells), ...(ready.length === 0 ? {skipped: 'no CoreDNS pod is ready'} : {note: `${ready.length} of ${ready.length}, asked from ${places} ${places === 1 ? 'place' : 'places'}`})};
  },
});

function judge(pod: Pod, cells: readonly Cell[]): Found<Own>[] {
  const {udp, tcp} = both(cells);
  if (!wasTried(cells) || (isWhole(udp) && isWhole(tcp))) return [];
  const name = podName(pod);
  const one = {subject: podSubject(pod), evidence: exchanges(cells.filter(cell => !isWhole(both([cell]).udp) || !isWhole(both([cell]).tcp)))};
  const places = [...byPlace(cells)].map(([place, own]) => ({place, cells: own, ...both(own)}));
  const poor = places.filter(each => !isWhole(each.udp) || !isWhole(each.tcp));
  // judged by what was lost where something was: a policy, say, stops pods and not nodes
  const lost = both(poor.flatMap(each => each.cells));
  const from = poor.map(({place}) => place);
  if (isSilent(lost.udp) && lost.tcp.tries > 0 && isWhole(lost.tcp)) return [{code: 'dns-udp-only-broken', ...one, args: {what: `CoreDNS pod ${name}`, failure: failureText([lost.udp]), from}}];
  if (isSilent(lost.tcp) && lost.udp.tries > 0 && isWhole(lost.udp)) return [{code: 'dns-tcp-only-broken', ...one, args: {what: `CoreDNS pod ${name}`, failure: failureText([lost.tcp]), from}}];
  const counts = poor.flatMap(each => [each.udp, each.tcp]);
  const share = shareOf(counts);
  const answersAt = places.filter(each => !poor.includes(each)).map(({place}) => place);
  return [{code: 'coredns-pod-not-answering', ...one, ...(share >= nearlyAll ? {level: 'warning' as const} : {}), args: {pod: name, node: pod.spec.nodeName ?? 'no node', from, answersAt, failure: failureText(counts), share}}];
}
