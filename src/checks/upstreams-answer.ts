import {isKnown} from '../cluster/answer.ts';

import {type Cell, codeOf, count, dataOf, median, triesOf, wasTried} from '../model/dns/heard.ts';
import {check, type Found} from './check.ts';
import {both, exchanges, failureText, isSilent, unasked} from './dns-cells.ts';
import {corednsSubject, podName} from './dns-subject.ts';

/** Milliseconds. CoreDNS waits 2 s for an upstream (readTimeout in coredns plugin/pkg/proxy). */
const slow = 1_000;
/** Fewer answers than this are a loss that clients notice; a single one is what networks are like. */
const mostAnswered = 0.75;

export default check({
  id: 'upstreams-answer',
  link: 'CoreDNS',
  question: 'The resolvers that CoreDNS forwards to answer its pods',
  needs: ['dnsPods', 'dnsAnswers', 'upstreams'],
  can: ['coredns-upstream-unreachable', 'coredns-upstream-slow', 'coredns-upstreams-disagree'],
  run: ({dnsPods, dnsAnswers, upstreams}) => {
    const subject = corednsSubject(dnsPods);
    const pods = dnsPods.map(podName);
    const cells = dnsAnswers.filter(({server}) => server.kind === 'upstream');
    if (upstreams.length === 0 && cells.length === 0) return {skipped: 'where CoreDNS forwards to is not known, or nowhere'};
    const tried = [...Map.groupBy(cells.filter(cell => wasTried([cell])), ({server}) => server.address)].map(([address, own]) => ({address, own, ...both(own)}));
    if (tried.length === 0) return cells.length === 0 ? {skipped: 'no CoreDNS pod runs that could ask them'} : {unknown: unasked(cells)};
    const dead = tried.filter(({udp, tcp}) => (udp.tries > 0 ? isSilent(udp) : isSilent(tcp)));
    const alive = tried.filter(each => !dead.includes(each));
    const findings: Found<'coredns-upstream-unreachable' | 'coredns-upstream-slow' | 'coredns-upstreams-disagree'>[] = [];
    if (dead.length > 0) {
      findings.push({
        code: 'coredns-upstream-unreachable', subject, ...(alive.length > 0 ? {level: 'warning' as const} : {}), evidence: exchanges(dead.flatMap(({own}) => own)),
        args: {reason: alive.length === 0 ? 'all' : 'some', upstreams: dead.map(({address}) => address), alive: alive.map(({address}) => address), pods, failure: failureText(dead.flatMap(({udp, tcp}) => [udp, tcp]))},
      });
    }
    const late = alive.map(each => ({...each, ms: median(count(each.own).ms) ?? 0})).filter(({ms}) => ms >= slow);
    if (late.length > 0) findings.push({code: 'coredns-upstream-slow', subject, args: {upstreams: late.map(({address}) => address), ms: Math.max(...late.map(({ms}) => ms)), pods}, evidence: exchanges(late.flatMap(({own}) => own))});
    const codes = Object.fromEntries(alive.map(({address, own}) => [address, kindOf(own)]));
    if (dead.length === 0 && new Set(Object.values(codes)).size > 1) findings.push({code: 'coredns-upstreams-disagree', subject, args: {name: cells[0]?.ask.name ?? '', answers: codes}, evidence: exchanges(alive.flatMap(({own}) => own))});
    // an answer that only comes by chance has been told as a loss of that upstream
    const partly = alive.filter(({udp}) => udp.tries > 0 && udp.answered / udp.tries < mostAnswered && !late.some(({address}) => alive.some(each => each.address === address)));
    if (findings.length === 0 && partly.length > 0) {
      findings.push({code: 'coredns-upstream-unreachable', subject, level: 'warning', evidence: exchanges(partly.flatMap(({own}) => own)), args: {reason: 'some', upstreams: partly.map(({address}) => address), alive: alive.filter(each => !partly.includes(each)).map(({address}) => address), pods, failure: failureText(partly.map(({udp}) => udp))}});
    }
    return {findings, unknown: unasked(cells), note: tried.map(({address, own}) => `${address} ${(median(count(own).ms) ?? 0).toFixed(1)} ms`).join(', ')};
  },
});

/** Whether it knows the name: rcode, and whether there is data. */
function kindOf(cells: readonly Cell[]): string {
  const answered = cells.find(cell => isKnown(cell.heard) && triesOf([cell]).some(({outcome}) => outcome === 'answered'));
  return answered === undefined ? 'silent' : `${codeOf(answered)}${codeOf(answered) === 'NOERROR' && dataOf(answered).length === 0 ? ' without data' : ''}`;
}
