import {check, type Found} from './check.ts';
import {confEvidence, subjectOf, whoOf} from './dns-who.ts';

export default check({
  id: 'resolv-conf-within-limits',
  link: 'Resolver',
  question: 'Nothing in their resolv.conf is cut off',
  needs: ['resolvers'],
  can: ['resolv-conf-limits-exceeded'],
  run: ({resolvers}) => {
    const known = resolvers.filter(({source}) => source !== 'none');
    if (known.length === 0) return {skipped: 'no resolv.conf is known'};
    const findings = known.flatMap((resolver): Found<'resolv-conf-limits-exceeded'>[] => {
      const {at, expected, expansions, libcs: [first]} = resolver;
      const one = {code: 'resolv-conf-limits-exceeded' as const, subject: subjectOf(at), evidence: [confEvidence(resolver)]};
      const cut = expected?.cut[0];
      if (cut !== undefined) {
        const limit = {nameservers: `${cut.limit} nameservers`, 'search-domains': `${cut.limit} search domains`, 'search-characters': `${cut.limit} characters of search domains`, 'search-domain-length': `search domains of ${cut.limit} characters`}[cut.what];
        return [{...one, args: {reason: cut.what === 'nameservers' ? 'nameservers' : 'search', who: whoOf(at), cut: cut.values, limit, by: 'the kubelet'}}];
      }
      // what the pod's own libc leaves out, where that is known for sure
      if (first?.sure !== true) return [];
      for (const note of expansions.find(({libc}) => libc === first.libc)?.settings.notes ?? []) {
        if (note.note === 'nameservers-cut') return [{...one, args: {reason: 'nameservers', who: whoOf(at), cut: note.cut, limit: `${note.limit} nameservers`, by: first.libc.kind}}];
        if (note.note === 'search-cut') return [{...one, args: {reason: 'search', who: whoOf(at), cut: note.cut, limit: {domains: '6 search domains', characters: '256 characters of search domains', line: '254 characters of a line'}[note.limit], by: first.libc.kind}}];
        if (note.note === 'line-skipped') return [{...one, level: 'error', args: {reason: 'search', who: whoOf(at), cut: resolver.conf.search, limit: `lines of 254 characters, and this one has ${note.length}`, by: first.libc.kind}}];
      }
      return [];
    });
    return {findings};
  },
});
