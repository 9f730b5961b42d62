import {isKnown} from '../../cluster/answer.ts';
import type {Json, JsonObject, NftChain, NftTable} from '../../parse/nft.ts';
import type {Fault} from '../comparison.ts';
import type {Dialect, Hub, Refusal} from '../dialect.ts';
import {type Address, formatAddress, hostPort, parseAddress} from '../ip.ts';
import type {Line} from '../netfilter/program.ts';
import type {Outcome} from '../netfilter/walk.ts';
import type {NodeRules} from '../node-rules.ts';
import type {Way} from '../ways.ts';
import {candidates} from './lookup.ts';
import {nftSenders} from './senders.ts';
import {ruleText} from './text.ts';

/**
 * kube-proxy's nftables mode: table kube-proxy, map service-ips (service-nodeports) → chain service-…, which draws an endpoint
 * itself or goes to endpoint-… chains (pkg/proxy/nftables/proxier.go, 1.36).
 */
export const nftDialect: Dialect = {mode: 'nftables', hubOf, whyUntranslated, servesNodePortsAt, senders: nftSenders, refusal, masquerading};

function hubOf(rules: NodeRules, way: Way, outcomes: readonly Outcome[]): Hub | null {
  const table = tableOf(rules, way);
  if (table === undefined) return null;
  const path = outcomes.flatMap(each => each.path);
  const entered = path.find(({table: name, chain}) => name.endsWith(' kube-proxy') && chain.startsWith('service-'))?.chain;
  const hooked = jumpsToServices(table, way);
  const name = entered ?? (hooked ? chainBehind(table, way) : null);
  const chain = name === null ? undefined : table.chains.get(name);
  if (chain === undefined) return null;
  const leading = path.find(({chain: from}) => from === 'services');
  return {name: chain.name, lines: [...(leading === undefined ? [] : [leading]), ...contents(table, chain)], leadsTo: new Set(chain.rules.flatMap(rule => rule.statements.flatMap(statement => targets(statement, table))))};
}

function whyUntranslated(rules: NodeRules, way: Way): Fault {
  const table = tableOf(rules, way);
  const services = table === undefined ? [] : contents(table, table.chains.get('services') ?? {name: 'services', base: null, rules: []});
  if (table === undefined || (table.sets.get('service-ips')?.elements.length ?? 0) === 0) return {kind: 'never-synced', evidence: table === undefined ? [] : services};
  if (!jumpsToServices(table, way)) return {kind: 'hook-missing', hook: baseOf(way), evidence: contents(table, table.chains.get(baseOf(way)) ?? {name: baseOf(way), base: null, rules: []})};
  const name = serviceOf(way);
  const own = [...table.chains.values()].find(chain => chain.name.startsWith('service-') && chain.name.replace(/^service-[A-Z0-9]+-/, '') === `${name.service}/${way.protocol.toLowerCase()}/${name.port}`);
  if (own !== undefined) return {kind: 'jump-missing', chain: own.name, evidence: contents(table, own)};
  return {kind: 'service-missing', evidence: services};
}

/** By default only the node's primary address is served. */
function servesNodePortsAt(rules: NodeRules, address: Address): boolean {
  const set = isKnown(rules.nft) ? rules.nft.known.tables.find(({name, family}) => name === 'kube-proxy' && family === (address.family === 4 ? 'ip' : 'ip6'))?.sets.get('nodeport-ips') : undefined;
  return set === undefined || set.elements.some(element => canonical(element) === formatAddress(address));
}

/** What the table's own checks refuse: Services without endpoints, and every port of a ClusterIP that is not translated. */
function refusal(rule: Line, path: readonly Line[]): Refusal {
  const checks = path.filter(({table}) => table.endsWith(' kube-proxy')).map(({chain}) => chain);
  if (!rule.table.endsWith(' kube-proxy')) return 'foreign';
  if (checks.some(chain => chain === 'service-endpoints-check' || chain === 'nodeport-endpoints-check')) return 'no-endpoints';
  if (checks.some(chain => chain === 'firewall-check' || chain.startsWith('firewall-'))) return 'source-range';
  return 'not-translated';
}

function masquerading(rules: NodeRules, way: Way): readonly Line[] {
  const table = tableOf(rules, way);
  return table === undefined ? [] : ['nat-postrouting', 'masquerading', 'mark-for-masquerade'].flatMap(name => {
    const chain = table.chains.get(name);
    return chain === undefined ? [] : contents(table, chain);
  });
}

function tableOf(rules: NodeRules, way: Way): NftTable | undefined {
  const family = way.packet.destination.family === 4 ? 'ip' : 'ip6';
  return isKnown(rules.nft) ? rules.nft.known.tables.find(table => table.family === family && table.name === 'kube-proxy') : undefined;
}

function baseOf(way: Way): string {
  return way.packet.from === 'host' ? 'nat-output' : 'nat-prerouting';
}

function jumpsToServices(table: NftTable, way: Way): boolean {
  return table.chains.get(baseOf(way))?.rules.some(({statements}) => statements.some(({jump, goto}) => [jump, goto].some(to => (to as JsonObject | undefined)?.['target'] === 'services'))) === true;
}

/** The chain that the maps name for this address and port. Of an external address that may be an external-… chain. */
function chainBehind(table: NftTable, way: Way): string | null {
  const protocol = way.protocol.toLowerCase();
  const wanted = way.kind === 'node-port' ? [protocol, way.port] : [way.address, protocol, way.port];
  const map = table.sets.get(way.kind === 'node-port' ? 'service-nodeports' : 'service-ips');
  for (const element of candidates(map?.elements ?? [], wanted)) {
    const [key, verdict] = Array.isArray(element) ? (element as readonly Json[]) : [];
    const parts = (key as JsonObject | undefined)?.['concat'] as readonly Json[] | undefined;
    if (parts?.length === wanted.length && parts.every((part, i) => canonical(part) === String(wanted[i]))) return String(((verdict as JsonObject)['goto'] as JsonObject | undefined)?.['target'] ?? '') || null;
  }
  return null;
}

function canonical(part: Json): string {
  const address = parseAddress(String(part));
  return address === null ? String(part) : formatAddress(address);
}

/** `ns/name:port` → the words of a chain's name; a port without a name leaves the last one empty. */
function serviceOf(way: Way): {service: string; port: string} {
  const [service = '', port = ''] = way.portName.split(':');
  return {service, port};
}

/** Endpoints that a statement can lead to, directly or through the chains that it goes to. */
function targets(value: Json, table: NftTable): string[] {
  if (Array.isArray(value)) return value.flatMap(each => targets(each as Json, table));
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value as JsonObject).flatMap(([key, inner]): string[] => {
    if (key === 'concat') {
      const [host, port] = inner as readonly Json[];
      const address = typeof host === 'string' ? parseAddress(host) : null;
      return address !== null && typeof port === 'number' ? [hostPort(formatAddress(address), port)] : [];
    }
    if (key === 'goto' || key === 'jump') {
      const name = String((inner as JsonObject)['target']);
      return name.startsWith('endpoint-') ? (table.chains.get(name)?.rules ?? []).flatMap(rule => rule.statements.flatMap(statement => targets(statement, table))) : [];
    }
    if (key === 'dnat') {
      const {addr, port} = inner as JsonObject;
      const address = typeof addr === 'string' ? parseAddress(addr) : null;
      return address !== null && typeof port === 'number' ? [hostPort(formatAddress(address), port)] : targets(inner, table);
    }
    return targets(inner, table);
  });
}

function contents(table: NftTable, chain: NftChain): readonly Line[] {
  const place = {table: `${table.family} ${table.name}`, chain: chain.name};
  return chain.rules.length > 0 ? chain.rules.map(rule => ({...place, raw: ruleText(rule), comment: rule.comment})) : [{...place, comment: null, raw: `chain ${chain.name} { }   (there, and has no rule)`}];
}
