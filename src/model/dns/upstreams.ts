import type {DnsPlace} from './place.ts';
import {type CoreDnsConfig, serverFor} from '../coredns/config.ts';
import type {ForwardTarget} from '../coredns/setup/forward.ts';
import {isBelowReverse} from '../coredns/zones.ts';
import {externalName} from './questions.ts';

/** A resolver that a CoreDNS pod forwards to for names of no zone of its own. */
export interface Upstream {
  /** The CoreDNS pod. */
  readonly at: DnsPlace;
  readonly address: string;
  readonly port: number;
  /** The target in the Corefile: the address itself, or the file that it comes from. */
  readonly via: string;
}

/** The zones of the plugin kubernetes that are no reverse zones. */
export function zonesOfCluster({servers}: CoreDnsConfig): string[] {
  return [...new Set(servers.flatMap(({options}) => options.kubernetes?.zones ?? []).filter(zone => zone !== '.' && !isBelowReverse(`.${zone}`)))];
}

/** Where the server block that gets names of outside sends them. */
export function forwardsOf(config: CoreDnsConfig): ForwardTarget[] {
  return (serverFor(config, externalName)?.options.forwards ?? []).flatMap(({to}) => to);
}

/** Targets as addresses, `nameservers` being those of the pod's resolv.conf. Not asked: targets over TLS and the like. */
export function upstreamsOf(at: DnsPlace, forwards: readonly ForwardTarget[], nameservers: readonly string[]): Upstream[] {
  return forwards.flatMap((target): Upstream[] => {
    if (target.kind === 'file') return target.path === '/etc/resolv.conf' ? nameservers.map(address => ({at, address, port: 53, via: target.path})) : [];
    return target.transport === 'dns' ? [{at, address: target.address, port: target.port, via: target.written}] : [];
  });
}
