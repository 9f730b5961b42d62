import {isKnown} from '../cluster/answer.ts';
import {forwardsOf, upstreamsOf} from '../model/dns/upstreams.ts';
import {parseResolvConf} from '../parse/resolv-conf.ts';
import type {Learn} from './facts.ts';

/** Of each CoreDNS pod that runs: what it takes from /etc/resolv.conf is its own pod's, and so its node's. */
export const upstreams: Learn<'upstreams'> = async ({cluster, need}) => {
  const [{config}, places] = await Promise.all([need('corefile'), need('dnsPlaces')]);
  const forwards = config === null ? [] : forwardsOf(config);
  const needsFile = forwards.some(({kind}) => kind === 'file');
  const found = await Promise.all(places.filter(({role}) => role === 'server').map(async at => {
    const reading = needsFile ? await cluster.readPlace(at.place) : null;
    const section = reading !== null && isKnown(reading) ? reading.known.sections['resolv-conf'] : undefined;
    return upstreamsOf(at, forwards, section?.exit === 0 ? parseResolvConf(section.stdout).nameservers : []);
  }));
  return found.flat();
};
