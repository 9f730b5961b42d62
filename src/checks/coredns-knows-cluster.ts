import {isKnown} from '../cluster/answer.ts';
import type {FindingOf} from '../findings/finding.ts';
import {type Cell, codeOf, dataOf, triesOf} from '../model/dns/heard.ts';
import {clusterIPs} from '../model/endpoints.ts';
import {stateOf} from '../model/pods.ts';
import {check} from './check.ts';
import {exchanges, nothingAsked} from './dns-cells.ts';
import {podName, podSubject} from './dns-subject.ts';

export default check({
  id: 'coredns-knows-cluster',
  link: 'DNS answers',
  question: 'Each CoreDNS pod knows the names of the cluster',
  needs: ['dnsPods', 'dnsAnswers'],
  hopes: ['apiService'],
  can: ['coredns-answers-wrong'],
  run: ({dnsPods, dnsAnswers, apiService}) => {
    const cells = dnsAnswers.filter(({purpose, server}) => purpose === 'cluster' && server.kind === 'pod').filter(cell => triesOf([cell]).some(({outcome}) => outcome === 'answered'));
    if (nothingAsked(cells) !== null) return {skipped: 'no CoreDNS pod answered'};
    const wanted = isKnown(apiService) && apiService.known !== null ? clusterIPs(apiService.known) : [];
    const findings = dnsPods.filter(pod => stateOf(pod).state === 'ready').flatMap((pod): FindingOf<'coredns-answers-wrong'>[] => {
      const wrong = cells.filter(cell => cell.server.name === podName(pod) && !isRight(cell, wanted));
      const [first] = wrong;
      if (first === undefined) return [];
      return [{
        code: 'coredns-answers-wrong', subject: podSubject(pod), evidence: exchanges(wrong, 3),
        args: {pod: podName(pod), name: first.ask.name, expected: wanted[0] ?? 'the address of the API server’s Service', got: [codeOf(first), ...dataOf(first)].join(' ')},
      }];
    });
    const [first] = cells;
    return {findings, note: first === undefined ? '' : `${first.ask.name} is ${dataOf(first).join(' ')}`};
  },
});

/** Whoever may not read default/kubernetes is content with any address. */
function isRight(cell: Cell, wanted: readonly string[]): boolean {
  const data = dataOf(cell);
  return codeOf(cell) === 'NOERROR' && data.length > 0 && (wanted.length === 0 || data.every(address => wanted.includes(address)));
}
