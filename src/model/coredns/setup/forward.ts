import type {Dispenser} from '../../../parse/corefile/dispenser.ts';
import {hostPort} from '../../ip.ts';
import {duration, type GoValue, hostAndPort, integer, isAddress, quoted} from '../go-values.ts';
import {isDomain, listeningOf, transportOf, zoneOf, zonesNamed} from '../zones.ts';
import {each, oneArgument, PluginRefused, taken} from './setup.ts';

/** Where the plugin forward sends questions. */
export type ForwardTarget =
  | {readonly kind: 'address'; readonly transport: string; readonly address: string; readonly port: number; readonly written: string}
  /** The nameservers of a file such as /etc/resolv.conf: in a CoreDNS pod, those of its own resolv.conf. */
  | {readonly kind: 'file'; readonly path: string; readonly written: string};

/** Options of one forward: plugin/forward/setup.go. */
export interface ForwardOptions {
  readonly line: number;
  readonly from: string;
  readonly to: readonly ForwardTarget[];
  readonly except: readonly string[];
  readonly policy: 'random' | 'round_robin' | 'sequential';
  readonly forceTcp: boolean;
  readonly preferUdp: boolean;
  /** 0: never taken for down. */
  readonly maxFails: number;
  /** Milliseconds. */
  readonly healthCheckMs: number;
  readonly expireMs: number;
  /** 0: no limit. */
  readonly maxConcurrent: number;
  /** With no healthy upstream, an error at once, instead of a try with any of them. */
  readonly failFast: boolean;
  readonly tlsServerName: string | null;
  /** Answers with these codes send the question to the next forward. */
  readonly next: readonly string[];
  readonly failover: readonly string[];
}

type Mutable = {-readonly [K in keyof ForwardOptions]: ForwardOptions[K]};

const mostTargets = 15;
const folders = ['.', '..', '/'];
const ports: Readonly<Record<string, number>> = {dns: 53, tls: 853, quic: 853, grpc: 443, https: 443};
const rcodes = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED', 'YXDOMAIN', 'YXRRSET', 'NXRRSET', 'NOTAUTH', 'NOTZONE', 'DSOTYPENI', 'BADSIG', 'BADKEY', 'BADTIME', 'BADMODE', 'BADNAME', 'BADALG', 'BADTRUNC', 'BADCOOKIE', 'BADVERS'];

export function readForwards(words: Dispenser): readonly ForwardOptions[] {
  const found: ForwardOptions[] = [];
  each(words, () => found.push(readOne(words)));
  for (const {to} of found) if (to.length > mostTargets) throw new PluginRefused(`more than ${mostTargets} TOs configured: ${to.length}`);
  return found;
}

function readOne(words: Dispenser): ForwardOptions {
  const line = words.line();
  const from = oneArgument(words);
  const zones = listeningOf(from, 53);
  const [zone] = 'value' in zones ? zones.value : [];
  if (zone === undefined) throw new PluginRefused(`unable to normalize '${from}'`);
  const written = words.argumentsLeft();
  if (written.length === 0) throw words.refuseArgument();
  const to = written.map(targetOf);
  if (to.every(target => target.kind === 'file' && folders.includes(target.path))) throw new PluginRefused('no nameservers found');
  const options: Mutable = {
    line, from: zoneOf(zone.zone), to, except: [], policy: 'random', forceTcp: false, preferUdp: false, maxFails: 2, healthCheckMs: 500, expireMs: 10_000, maxConcurrent: 0, failFast: false, tlsServerName: null, next: [], failover: [],
  };
  while (words.nextInBlock()) readOption(words, options);
  for (const target of options.to) {
    if (target.kind === 'address' && target.transport !== 'dns' && target.transport !== 'tls') throw new PluginRefused(`'${target.transport}' is not supported as a destination protocol in forward: ${target.transport}://${hostPort(target.address, target.port)}`);
  }
  return options;
}

/** parse.HostPortOrFile: an address, with a transport and a port or without, else a file. */
function targetOf(written: string): ForwardTarget {
  const {transport, rest} = transportOf(written);
  if (rest === '') throw new PluginRefused(`invalid address: ${quoted(written)}`);
  if (transport === 'unix') return {kind: 'address', transport, address: rest, port: 0, written};
  const split: GoValue<{host: string; port: string}> = hostAndPort(rest);
  const bare = 'error' in split ? rest.replaceAll(/^[[\]]+|[[\]]+$/g, '') : split.value.host;
  const host = bare.replace(/%[^%]*$/, '');
  if (isAddress(host)) return {kind: 'address', transport, address: host, port: 'value' in split ? Number(split.value.port) : (ports[transport] ?? 53), written};
  const path = 'error' in split ? bare : rest;
  // a word without a slash would be a file in CoreDNS's working directory: none is there in any image. Folders are read as empty files
  if (!folders.includes(path) && (!path.includes('/') || path.includes(':') || isAddress(path.split('/')[0]!))) throw new PluginRefused(`not an IP address or file: ${quoted(path)}`);
  return {kind: 'file', path, written};
}

function readOption(words: Dispenser, options: Mutable): void {
  const name = words.value();
  const number = (kind: 'Atoi' | 'ParseUint'): number => taken(integer(oneArgument(words), kind));
  const notNegative = (value: number, shown: string): number => { if (value < 0) throw new PluginRefused(`${name} can't be negative: ${shown}`); return value; };
  const alone = (): true => { if (words.nextArgument()) throw words.refuseArgument(); return true; };
  switch (name) {
    case 'except': options.except = [...options.except, ...zonesNamed(some(words))]; break;
    case 'max_fails': options.maxFails = number('ParseUint'); break;
    case 'max_connect_attempts': number('ParseUint'); break;
    case 'health_check': options.healthCheckMs = healthCheck(words); break;
    case 'force_tcp': options.forceTcp = alone(); break;
    case 'prefer_udp': options.preferUdp = alone(); break;
    case 'tls': if (words.argumentsLeft().length > 3) throw words.refuseArgument(); break;
    case 'tls_servername': options.tlsServerName = oneArgument(words); break;
    case 'expire': options.expireMs = notNegative(taken(duration(oneArgument(words))), words.value()); break;
    case 'max_idle_conns': notNegative(number('Atoi'), String(Number(words.value()))); break;
    case 'policy': {
      const policy = oneArgument(words);
      if (policy !== 'random' && policy !== 'round_robin' && policy !== 'sequential') throw words.refuse(`unknown policy '${policy}'`);
      options.policy = policy;
      break;
    }
    case 'max_concurrent': options.maxConcurrent = notNegative(number('Atoi'), String(Number(words.value()))); break;
    case 'next': options.next = some(words).map(rcodeOf); break;
    case 'failover':
      options.failover = some(words).map(rcodeOf);
      if (options.failover.includes('NOERROR')) throw new PluginRefused('NoError cannot be used in failover');
      break;
    case 'failfast_all_unhealthy_upstreams':
      if (words.argumentsLeft().length > 0) throw words.refuseArgument();
      options.failFast = true;
      break;
    default: throw words.refuse(`unknown property '${name}'`);
  }
}

function some(words: Dispenser): string[] {
  const args = words.argumentsLeft();
  if (args.length === 0) throw words.refuseArgument();
  return args;
}

function rcodeOf(word: string): string {
  const upper = word.toUpperCase();
  if (!rcodes.includes(upper)) throw new PluginRefused(`${word} is not a valid rcode`);
  return upper;
}

function healthCheck(words: Dispenser): number {
  const interval = taken(duration(oneArgument(words)));
  if (interval < 0) throw new PluginRefused(`health_check can't be negative: ${Math.round(interval * 1e6)}`);
  while (words.nextArgument()) {
    const option = words.value();
    if (option === 'domain') {
      const domain = oneArgument(words);
      if (!isDomain(domain)) throw new PluginRefused(`health_check: invalid domain name ${domain}`);
    } else if (option !== 'no_rec') throw new PluginRefused(`health_check: unknown option ${option}`);
  }
  return interval;
}
