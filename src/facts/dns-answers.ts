import {isKnown, unknown} from '../cluster/answer.ts';
import type {Cell} from '../model/dns/heard.ts';
import type {DnsPlace} from '../model/dns/place.ts';
import {type Ground, questionsFor} from '../model/dns/questions.ts';
import {portOf} from '../model/dns/servers.ts';
import {clusterIPs} from '../model/endpoints.ts';
import type {Learn} from './facts.ts';

/** Every place asks everything at once: a lookup that fails early on was then asked for more than a resolver would have. */
export const dnsAnswers: Learn<'dnsAnswers'> = async ({cluster, target, need, take, try: attempt}) => {
  if (target.kind !== 'dns') return take(unknown('not-asked', 'no question about DNS was asked'));
  const [places, resolvers, service, pods, domain, upstreams, api, corefile] = await Promise.all([need('dnsPlaces'), need('resolvers'), need('service'), need('dnsPods'), need('clusterDomain'), attempt('upstreams'), attempt('apiService'), attempt('corefile')]);
  const config = isKnown(corefile) ? corefile.known.config : null;
  const servers = pods.flatMap(pod => {
    const {metadata: {namespace, name}, status} = pod;
    return status?.podIP === undefined || status.phase !== 'Running' ? [] : [{name: `${namespace}/${name}`, address: status.podIP, port: portOf(pod, service, config)}];
  });
  const groundOf = (at: DnsPlace): Ground => {
    const resolver = resolvers.find(each => each.at === at);
    return {
      domain, vips: service === null ? [] : clusterIPs(service), pods: servers, tries: target.tries, addressType: isKnown(api) && api.known !== null && clusterIPs(api.known)[0]?.includes(':') === true ? 'AAAA' : 'A',
      nameservers: resolver?.nameservers ?? [], lookups: resolver?.queries ?? [], strays: resolver?.strays ?? [],
      upstreams: isKnown(upstreams) ? upstreams.known.filter(each => each.at === at) : [],
    };
  };
  const cells = await Promise.all(places.map(async (at): Promise<Cell[]> => {
    const questions = questionsFor(at, groundOf(at));
    if (questions.length === 0) return [];
    const heard = await cluster.askDns(at.place, questions.map(({ask}) => ask));
    return questions.map((question, i) => ({...question, from: at, heard: heard[i] ?? {unknown: {why: 'lost', detail: 'no answer for this question'}}}));
  }));
  return cells.flat();
};
