import {isKnown} from '../cluster/answer.ts';
import {zonesOfCluster} from '../model/dns/upstreams.ts';
import {domainOf} from '../model/dns/resolver.ts';
import type {Learn} from './facts.ts';

/** What CoreDNS serves counts; else what the kubelets hand out; else what everybody has. */
export const clusterDomain: Learn<'clusterDomain'> = async ({need, try: attempt}) => {
  const corefile = await attempt('corefile');
  const [served] = isKnown(corefile) && corefile.known.config !== null ? zonesOfCluster(corefile.known.config) : [];
  if (served !== undefined) return served;
  return (await need('resolvers')).map(({conf}) => domainOf(conf.search)).find(domain => domain !== null) ?? 'cluster.local';
};
