import {type Corefile, readDirective} from '../../parse/corefile.ts';
import {parseResolvConf} from '../../parse/resolv-conf.ts';
import {parseAddress} from '../ip.ts';
import type {DnsPlace} from './place.ts';

/** A resolver that a CoreDNS pod forwards to for names of no zone of its own. */
export interface Upstream {
  /** The CoreDNS pod. */
  readonly at: DnsPlace;
  readonly address: string;
  readonly port: number;
  /** The target in the Corefile: the address itself, or the file that it comes from. */
  readonly via: string;
}

/** The zones of the kubernetes plugin that are no reverse zones. */
export function zonesOfCluster({blocks}: Corefile): string[] {
  return blocks.flatMap(({keys, directives}) => directives.filter(({name}) => name === 'kubernetes').flatMap(directive => {
    const {args} = readDirective(directive);
    const zones = args.length > 0 ? args : keys.map(({text}) => text.replace(/^[a-z]+:\/\//, '').replace(/:\d+$/, ''));
    return zones.map(zone => zone.replace(/\.$/, '').toLowerCase()).filter(zone => zone !== '' && !/\.arpa$/.test(zone) && !zone.includes('/'));
  }));
}

/** What `forward .` of the root's server block names; a file stands for the nameservers in it. */
export function forwardsOf({blocks}: Corefile): string[] {
  const root = blocks.filter(({keys}) => keys.some(({text}) => /^(dns:\/\/)?\.(:53)?$/.test(text)));
  return root.flatMap(({directives}) => directives.filter(({name}) => name === 'forward' || name === 'proxy').flatMap(directive => {
    const {args: [from, ...to]} = readDirective(directive);
    return from === '.' ? to : [];
  }));
}

/** Targets as addresses, `file` being the text of the pod's resolv.conf. Not asked: targets over TLS. */
export function upstreamsOf(at: DnsPlace, forwards: readonly string[], file: string | null): Upstream[] {
  return forwards.flatMap((target): Upstream[] => {
    if (target.startsWith('/')) return file === null ? [] : parseResolvConf(file).nameservers.map(address => ({at, address, port: 53, via: target}));
    const plain = target.replace(/^dns:\/\//, '');
    const [, bracketed, host = plain, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(plain) ?? [];
    const address = parseAddress(plain) !== null ? plain : bracketed ?? host;
    return parseAddress(address) === null ? [] : [{at, address, port: port === undefined ? 53 : Number(port), via: target}];
  });
}
