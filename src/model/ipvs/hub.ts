import {isKnown} from '../../cluster/answer.ts';
import type {Rule} from '../../parse/iptables.ts';
import type {VirtualServer} from '../../parse/ipvs.ts';
import type {Fault} from '../comparison.ts';
import type {Dialect, Hub, Refusal} from '../dialect.ts';
import {type Address, formatAddress, hostPort, parseAddress} from '../ip.ts';
import type {Line} from '../netfilter/program.ts';
import type {Outcome} from '../netfilter/walk.ts';
import {isLocal, type NodeRules, rulesOf, type Ruleset} from '../node-rules.ts';
import type {Way} from '../ways.ts';
import {serviceFor, servicesIn} from './ipvs.ts';
import {linesOf, nameOf} from './stage.ts';

/**
 * kube-proxy's ipvs mode (pkg/proxy/ipvs/proxier.go, 1.36): a virtual server for each address and port, VIPs on the device
 * kube-ipvs0 so that packets to them come to INPUT, ipsets of all of them, and iptables rules that mark, let in and masquerade by
 * these sets.
 */
export const ipvsDialect: Dialect = {mode: 'ipvs', hubOf, whyUntranslated, servesNodePortsAt, refusal, masquerading, whyNotMasqueraded, insteadOf, expects};

function hubOf(rules: NodeRules, way: Way, outcomes: readonly Outcome[]): Hub | null {
  const service = serviceOf(rules, way);
  if (service === undefined || !outcomes.some(({steps}) => steps.some(({owner}) => owner === 'ipvs'))) return null;
  const to = ({address, port}: VirtualServer['destinations'][number]): string => hostPort(address, port);
  const [lead = null, ...lines] = linesOf(service);
  return {
    name: nameOf(service),
    lines: lead === null ? [] : [lead, ...lines],
    leadsTo: new Set(service.destinations.map(to)),
    drained: new Map(service.destinations.flatMap((each, i) => (each.weight === 0 && lines[i] !== undefined ? [[to(each), lines[i]] as const] : []))),
  };
}

function whyUntranslated(rules: NodeRules, way: Way, lost: Outcome): Fault {
  const services = servicesIn(rules.ipvs);
  const service = serviceOf(rules, way);
  if (services.length === 0) return {kind: 'never-synced', evidence: [note('there is no virtual server at all')]};
  if (service === undefined) return {kind: 'service-missing', evidence: [note(`there is no virtual server ${way.protocol} ${hostPort(way.address, way.port)} among ${services.length}`), ...boundLines(rules, way)]};
  if (isLocal(rules, way.packet.destination) === false) return {kind: 'vip-unbound', address: way.address, evidence: [...linesOf(service), ...boundLines(rules, way)]};
  const past = lost.path.at(-1);
  if (past?.chain === 'KUBE-IPVS-FILTER') return {kind: 'set-lacks', set: setOf(way), evidence: [...lost.path, ...setLines(rules, way)]};
  return {kind: 'bypassed', evidence: lost.path};
}

/** Every address of the node but those on kube-ipvs0 gets a virtual server for each NodePort, unless nodePortAddresses says less. */
function servesNodePortsAt(rules: NodeRules, address: Address): boolean {
  const own = nodePortsOf(rules, address.family);
  return own.size === 0 || own.has(formatAddress(address));
}

const nodePorts = new WeakMap<NodeRules, Map<4 | 6, ReadonlySet<string>>>();

/** The node's own addresses that have virtual servers. */
function nodePortsOf(rules: NodeRules, family: 4 | 6): ReadonlySet<string> {
  const known = nodePorts.get(rules) ?? new Map<4 | 6, ReadonlySet<string>>();
  nodePorts.set(rules, known);
  const found = known.get(family);
  if (found !== undefined) return found;
  const vips = vipsOf(rules, family);
  const own = servicesIn(rules.ipvs).filter(service => {
    const at = parseAddress(service.address);
    return at !== null && at.family === family && isLocal(rules, at) === true && !vips.has(service.address);
  });
  const addresses = new Set(own.map(({address}) => address));
  known.set(family, addresses);
  return addresses;
}

function vipsOf(rules: NodeRules, family: 4 | 6): ReadonlySet<string> {
  const {sets, bound} = rules.ipvs;
  const members = isKnown(sets) ? (sets.known.get(family === 4 ? 'KUBE-IPVS-IPS' : 'KUBE-6-IPVS-IPS')?.members ?? []) : [];
  return new Set([...(bound ?? []), ...members.map(({element}) => element)]);
}

/** What the node's own filter refuses because no set tells that it is a Service's, and what loadBalancerSourceRanges refuse. */
function refusal(rule: Line): Refusal {
  if (rule.table === 'ipvs' || rule.chain === 'KUBE-IPVS-FILTER') return 'not-translated';
  return /^KUBE-(SOURCE-RANGES-FIREWALL|PROXY-FIREWALL|IPVS-OUT-FILTER)$/.test(rule.chain) ? 'source-range' : 'foreign';
}

function masquerading(rules: NodeRules, way: Way): readonly Line[] {
  const chains = [hookOf(way), 'KUBE-SERVICES', 'KUBE-MARK-MASQ', 'POSTROUTING', 'KUBE-POSTROUTING'];
  return ofFamily(rules, way).flatMap(set => chains.flatMap(chain => rulesOf(set, 'nat', chain)));
}

/** Nothing of it is asked about where packets get their mark by the sets' rules and lose their sender's address in POSTROUTING. */
function whyNotMasqueraded(rules: NodeRules, way: Way): Fault | null {
  const jump = (chain: string, to: string): boolean => ofFamily(rules, way).some(set => rulesOf(set, 'nat', chain).some(rule => rule.target?.name === to));
  const hooks = [[hookOf(way), 'KUBE-SERVICES'], ['POSTROUTING', 'KUBE-POSTROUTING']] as const;
  const gone = hooks.find(([chain, to]) => !jump(chain, to));
  const left = ofFamily(rules, way).flatMap((set): readonly Rule[] => rulesOf(set, 'nat', 'KUBE-SERVICES'));
  if (gone !== undefined && left.length > 0) return {kind: 'hook-missing', hook: `nat ${gone[0]}`, evidence: ofFamily(rules, way).flatMap(set => rulesOf(set, 'nat', gone[0]))};
  return way.kind !== 'node-port' && left.length > 0 && isInOwnSet(rules, way) === false ? {kind: 'set-lacks', set: setOf(way), evidence: setLines(rules, way)} : null;
}

/** Within the cluster policy Local prefers local endpoints, and takes the others where there are none. */
function expects(way: Way): Way {
  const {because, endpoints, instead = []} = way.expected;
  return because === 'local' && endpoints.length === 0 && way.client !== 'outside' ? {...way, expected: {endpoints: instead, because: 'all'}} : way;
}

/** From outside policy Local takes them as well, and their answers go astray: nobody should come there (kubernetes/kubernetes#97081). */
function insteadOf(way: Way): readonly string[] {
  return way.expected.because === 'local' ? (way.expected.instead ?? []).map(({to}) => to) : [];
}

function serviceOf(rules: NodeRules, way: Way): VirtualServer | undefined {
  return serviceFor(servicesIn(rules.ipvs), {protocol: way.protocol, destination: formatAddress(way.packet.destination), port: way.port, mark: 0});
}

function hookOf(way: Way): string {
  return way.packet.from === 'host' ? 'OUTPUT' : 'PREROUTING';
}

function ofFamily(rules: NodeRules, way: Way): readonly Ruleset[] {
  return rules.rulesets.filter(({family}) => family === way.packet.destination.family);
}

/** The set that holds this way's address and port. */
function setOf(way: Way): string {
  const names = {'cluster-ip': 'CLUSTER-IP', 'load-balancer': 'LOAD-BALANCER', 'external-ip': 'EXTERNAL-IP', 'node-port': `NODE-PORT-${way.protocol}`} as const;
  return `KUBE-${way.packet.destination.family === 6 ? '6-' : ''}${names[way.kind]}`;
}

function isInOwnSet(rules: NodeRules, way: Way): boolean | null {
  const set = isKnown(rules.ipvs.sets) ? rules.ipvs.sets.known.get(setOf(way)) : undefined;
  return set === undefined ? null : set.members.some(({element}) => element === `${way.address},${way.protocol.toLowerCase()}:${way.port}`);
}

function setLines(rules: NodeRules, way: Way): readonly Line[] {
  const set = isKnown(rules.ipvs.sets) ? rules.ipvs.sets.known.get(setOf(way)) : undefined;
  if (set === undefined) return [];
  const line = (raw: string): Line => ({table: 'ipset', chain: set.name, comment: null, raw});
  return [line(`create ${set.name} ${set.type}   (${set.members.length} members, ${way.address},${way.protocol.toLowerCase()}:${way.port} not among them)`)];
}

function boundLines(rules: NodeRules, way: Way): readonly Line[] {
  const {device, bound} = rules.ipvs;
  if (device === false) return [note('there is no device kube-ipvs0')];
  if (isLocal(rules, way.packet.destination) !== false) return [];
  return [note(bound === null ? `${way.address} is none of the node's addresses` : `kube-ipvs0 has ${bound.size} addresses, ${way.address} not among them`)];
}

function note(raw: string): Line {
  return {table: 'ipvs', chain: '', comment: null, raw};
}
