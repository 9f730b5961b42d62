import {contains, parseAddress, parseBlock} from '../ip.ts';
import {type CoreDnsConfig, type Server, serverFor} from './config.ts';
import type {ForwardTarget} from './setup/forward.ts';
import type {TemplateOptions} from './setup/own-answers.ts';
import {within, zoneOf} from './zones.ts';

/** What a Corefile that CoreDNS takes does wrong, as data. What a Corefile lacks is said only if all of it could be read. */
export type CorefileFault =
  /** Questions of `zone` that the server sends to `target` come back to it. `why`: its own loopback, its own address, or its own Service. */
  | {readonly fault: 'forwards-to-itself'; readonly zone: string; readonly target: string; readonly via: string | null; readonly why: 'loopback' | 'own-address' | 'own-service'; readonly line: number; readonly loopDetected: boolean}
  /** Names of the cluster domain get no answer of the plugin kubernetes. `kubernetesZones`: what it answers for instead, anywhere in the Corefile. */
  | {readonly fault: 'cluster-domain-not-served'; readonly domain: string; readonly why: 'no-server' | 'no-kubernetes'; readonly kubernetesZones: readonly string[]; readonly line: number | null}
  /** Names outside the cluster have nobody to be asked. */
  | {readonly fault: 'no-upstream'; readonly why: 'no-server' | 'no-forward'; readonly line: number | null}
  /** `hosts`, or a `template`, answers all names of its zones before the plugins behind it are asked: there is no fallthrough. */
  | {readonly fault: 'answers-all'; readonly plugin: 'hosts' | 'template'; readonly zones: readonly string[]; readonly type: string; readonly rcode: string; readonly hides: readonly string[]; readonly line: number}
  /** CoreDNS compares in lower case: such a zone is never asked for. */
  | {readonly fault: 'zone-in-capitals'; readonly zone: string; readonly line: number};

export interface CorefileContext {
  readonly clusterDomain: string;
  /** Cluster IPs of the Service whose endpoints are these CoreDNS pods. */
  readonly serviceAddresses: readonly string[];
  /** Of the CoreDNS pods. */
  readonly podAddresses: readonly string[];
  /** Nameservers of the resolv.conf that a CoreDNS pod has; null: not known. */
  readonly resolvers: readonly string[] | null;
}

export function faultsOf(config: CoreDnsConfig, context: CorefileContext): CorefileFault[] {
  const whole = config.unread.imports.length === 0 && config.unread.variables.length === 0; // what is missing may stand in what was not read
  return [
    ...config.servers.flatMap(server => toItself(server, context)),
    ...(whole ? [...clusterDomain(config, context), ...upstream(config)] : []),
    ...config.servers.flatMap(answersAll),
    ...config.servers.flatMap(({listens, line}) => listens.filter(({zone}) => zone !== zone.toLowerCase() && !/\{[$%]/.test(zone)).map(({zone}) => ({fault: 'zone-in-capitals' as const, zone, line}))),
  ];
}

const loopback = ['127.0.0.0/8', '::1/128', '0.0.0.0/32', '::/128'].map(block => parseBlock(block)!);

function toItself({options, listens}: Server, context: CorefileContext): CorefileFault[] {
  return options.forwards.flatMap(({from, to, line}) => to.flatMap(target => addressesOf(target, context).flatMap(({address, port, via}) => {
    if (!listens.some(each => each.port === port && each.transport === 'dns')) return [];
    const why = itself(address, options.bind, context);
    return why === null ? [] : [{fault: 'forwards-to-itself' as const, zone: from, target: address, via, why, line, loopDetected: options.loop}];
  })));
}

function itself(text: string, bind: readonly string[] | null, context: CorefileContext): 'loopback' | 'own-address' | 'own-service' | null {
  if (bind !== null) return bind.includes(text) ? 'own-address' : null; // on these addresses only
  const address = parseAddress(text);
  if (address !== null && loopback.some(block => contains(block, address))) return 'loopback';
  return context.podAddresses.includes(text) ? 'own-address' : context.serviceAddresses.includes(text) ? 'own-service' : null;
}

/** The servers behind a target; none for a file whose contents are not known. */
function addressesOf(target: ForwardTarget, {resolvers}: CorefileContext): readonly {address: string; port: number; via: string | null}[] {
  if (target.kind === 'address') return target.transport === 'dns' ? [{address: target.address, port: target.port, via: null}] : [];
  return target.path === '/etc/resolv.conf' ? (resolvers ?? []).map(address => ({address, port: 53, via: target.path})) : [];
}

function clusterDomain(config: CoreDnsConfig, {clusterDomain}: CorefileContext): CorefileFault[] {
  const domain = zoneOf(clusterDomain);
  const kubernetesZones = [...new Set(config.servers.flatMap(({options}) => options.kubernetes?.zones ?? []))];
  const server = serverFor(config, `svc.${domain}`);
  if (server === null) return [{fault: 'cluster-domain-not-served', domain, why: 'no-server', kubernetesZones, line: null}];
  if (server.options.kubernetes?.zones.some(zone => within(zone, domain)) === true) return [];
  const refused = config.refusals.some(({plugin}) => plugin === 'kubernetes');
  const deliberate = server.listens.some(({zone}) => zone === domain) && server.options.forwards.length > 0; // as NodeLocal DNSCache has it
  return refused || deliberate || server.unread.length > 0 && server.plugins.some(({name}) => name === 'k8s_external') ? [] : [{fault: 'cluster-domain-not-served', domain, why: 'no-kubernetes', kubernetesZones, line: server.line}];
}

/** Plugins that answer from somewhere else than the cluster. */
const sources = ['forward', 'grpc', 'file', 'auto', 'secondary', 'etcd', 'route53', 'azure', 'clouddns', 'erratic', 'whoami', 'on', 'nomad'];

function upstream(config: CoreDnsConfig): CorefileFault[] {
  const server = serverFor(config, 'example.com');
  if (server === null) return [{fault: 'no-upstream', why: 'no-server', line: null}];
  const unknown = config.unknownDirectives.length > 0 || config.refusals.some(({plugin}) => plugin === 'forward');
  return unknown || server.plugins.some(({name}) => sources.includes(name)) ? [] : [{fault: 'no-upstream', why: 'no-forward', line: server.line}];
}

function answersAll({options, plugins}: Server): CorefileFault[] {
  const behind = (name: string): string[] => {
    const all = ['template', 'hosts', 'kubernetes', 'forward'];
    return [...new Set(plugins.map(({name}) => name))].filter(each => all.indexOf(each) > all.indexOf(name));
  };
  const found: CorefileFault[] = [];
  const {hosts} = options;
  if (hosts !== null && hosts.fallthrough.length === 0 && hosts.zones.length > 0 && behind('hosts').length > 0) found.push({fault: 'answers-all', plugin: 'hosts', zones: hosts.zones, type: 'ANY', rcode: 'SERVFAIL', hides: behind('hosts'), line: hosts.line});
  for (const template of options.templates.filter(takesAll)) found.push({fault: 'answers-all', plugin: 'template', zones: template.zones, type: template.type, rcode: template.match.length > 0 ? 'SERVFAIL' : template.rcode, hides: behind('template'), line: template.line});
  return found.filter(each => each.fault !== 'answers-all' || each.hides.length > 0);
}

/** A template without a pattern is for every name, and one with patterns that has no fallthrough stops the names that none matches. */
function takesAll({match, fallthrough, zones, type, rcode}: TemplateOptions): boolean {
  const harmless = type === 'AAAA' && match.length === 0 && rcode === 'NOERROR'; // “no such address”: how IPv6 is kept from clients
  return zones.includes('.') && ['A', 'AAAA', 'ANY'].includes(type) && !harmless && (match.length === 0 || fallthrough.length === 0);
}
