import {subject} from '../findings/finding.ts';
import {count, median} from '../model/dns/heard.ts';
import {check} from './check.ts';
import {byPlace, exchanges, nothingAsked} from './dns-cells.ts';

/** Milliseconds for what CoreDNS knows by heart. */
const slow = 1_000;

export default check({
  id: 'dns-answers-prompt',
  link: 'DNS answers',
  question: 'Names of the cluster are answered promptly',
  needs: ['dnsAnswers'],
  can: ['dns-answers-slow'],
  run: ({dnsAnswers}) => {
    const cells = dnsAnswers.filter(({purpose, server}) => purpose === 'cluster' && server.kind === 'pod').filter(cell => count([cell]).answered > 0);
    if (nothingAsked(cells) !== null) return {skipped: 'no CoreDNS pod answered'};
    const servers = [...Map.groupBy(cells, ({server}) => server.name)].map(([server, own]) => ({server, own, ms: median(count(own).ms) ?? 0}));
    const worst = Math.max(...servers.map(({ms}) => ms));
    return {
      note: `${worst.toFixed(1)} ms in the middle of ${count(cells).answered} answers`,
      findings: servers.filter(({ms}) => ms >= slow).map(({server, own, ms}) => ({
        code: 'dns-answers-slow', subject: subject('Pod', server.split('/')[0] ?? null, server.split('/')[1] ?? server), args: {server: `CoreDNS pod ${server}`, ms, from: [...byPlace(own).keys()]}, evidence: exchanges(own, 4),
      })),
    };
  },
});
