import {codeOf, dataOf} from '../model/dns/heard.ts';
import {lookupsOf} from '../model/dns/lookups.ts';
import {strayLabel} from '../model/dns/questions.ts';
import {check, type Found} from './check.ts';
import {exchanges, nothingAsked, unasked} from './dns-cells.ts';
import {subjectOf, whoOf} from './dns-who.ts';

export default check({
  id: 'search-domains-honest',
  link: 'Resolver',
  question: 'No search domain answers for every name',
  needs: ['resolvers', 'dnsAnswers'],
  can: ['search-domain-wildcard'],
  run: ({resolvers, dnsAnswers}) => {
    const cells = dnsAnswers.filter(({purpose}) => purpose === 'stray');
    if (nothingAsked(cells) !== null) return {skipped: "every search domain is the cluster's own"};
    const lookups = lookupsOf(resolvers, dnsAnswers);
    const findings = cells.filter(cell => codeOf(cell) === 'NOERROR' && dataOf(cell).length > 0).map((cell): Found<'search-domain-wildcard'> => {
      const domain = cell.ask.name.slice(strayLabel.length + 1);
      // a lookup that ended in that domain, of a name that exists as it stands as well, or would go on to be looked for there
      const hijacks = lookups.some(({resolver, done, expansion}) => resolver.at === cell.from && done?.outcome === 'found' && done.winner !== null && expansion.candidates[done.winner]?.domain?.replace(/\.$/, '') === domain);
      return {code: 'search-domain-wildcard', subject: subjectOf(cell.from), ...(hijacks ? {level: 'error' as const} : {}), args: {who: whoOf(cell.from), domain, answer: dataOf(cell).join(' '), hijacks}, evidence: exchanges([cell])};
    });
    return {findings, unknown: unasked(cells)};
  },
});
