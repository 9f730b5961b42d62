import {isKnown} from '../cluster/answer.ts';
import type {Facts} from '../facts/facts.ts';
import {type Evidence, evidence, subject} from '../findings/finding.ts';
import {type Cell, count, wasTried} from '../model/dns/heard.ts';
import {type DnsPlace, placeText} from '../model/dns/place.ts';
import {clusterIPs} from '../model/endpoints.ts';
import {type End, type Judgement, judge} from '../model/network-policy.ts';
import {stateOf} from '../model/pods.ts';
import {targetPortIn} from '../model/target-port.ts';
import {check, type Found} from './check.ts';
import {exchanges, isWhole} from './dns-cells.ts';
import {noDnsPod, noDnsService, podName} from './dns-subject.ts';
import {nameOf} from './service-subject.ts';

/** One way that a client's query goes, and what one end's policies say of it. */
interface Way {
  readonly client: string;
  readonly namespace: string;
  readonly server: string;
  /** The server's own address and port, behind the Service's. */
  readonly port: number;
  readonly protocol: 'UDP' | 'TCP';
  readonly isPod: boolean;
  readonly judgement: Judgement;
  readonly seen: 'lost' | 'not-asked';
  /** What the node heard that no policy hinders: for egress the client's, for ingress the server's own. Null: it did not ask. */
  readonly witness: 'answered' | 'silent' | null;
  readonly cells: readonly Cell[];
}

export default check({
  id: 'policies-allow-dns',
  link: 'Network policy',
  question: 'Network policies let clients ask DNS',
  needs: ['dnsService', 'dnsPods', 'dnsPlaces', 'policies'],
  hopes: ['resolvers', 'dnsAnswers'],
  can: ['network-policy-denies'],
  run: ({dnsService, dnsPods, dnsPlaces, policies, resolvers, dnsAnswers}) => {
    if (dnsService === null) return {skipped: noDnsService};
    const servers = dnsPods.filter(pod => ['ready', 'not-ready'].includes(stateOf(pod).state));
    if (servers.length === 0) return {skipped: noDnsPod};
    const clients = dnsPlaces.filter(({role, pod}) => role === 'client' && pod !== null);
    if (clients.length === 0) return {skipped: 'no pod was looked at as a client'};
    const heard = isKnown(dnsAnswers) ? dnsAnswers.known.filter(({purpose}) => purpose === 'cluster') : [];
    const ways = clients.flatMap(at => waysOf(at, servers, dnsService, policies, nameserversOf(at, resolvers), heard));
    const grouped = [...Map.groupBy(ways, ({judgement, namespace}) => `${judgement.direction} ${judgement.direction === 'egress' ? namespace : ''}`).values()];
    return {findings: grouped.map(group => toFinding(group, dnsService, policies)), note: policies.policies.length === 0 ? 'there are none' : `${policies.policies.length} ${policies.policies.length === 1 ? 'policy' : 'policies'}`};
  },
});

function nameserversOf(at: DnsPlace, resolvers: {readonly known: Facts['resolvers']} | {readonly unknown: unknown}): readonly string[] {
  return 'known' in resolvers ? (resolvers.known.find(each => placeText(each.at) === placeText(at))?.nameservers ?? []) : [];
}

/**
 * The ways of one client that its or the servers' policies do not let pass, and that no answer came by. A nameserver that is not the
 * Service is taken for the client's own node (NodeLocal DNSCache). What is answered all the same shows that nobody enforces the policy.
 */
function waysOf(at: DnsPlace, servers: Facts['dnsPods'], service: NonNullable<Facts['dnsService']>, world: Facts['policies'], nameservers: readonly string[], heard: readonly Cell[]): Way[] {
  const {pod} = at;
  if (pod === null) return [];
  const vips = clusterIPs(service);
  const from: End = {kind: 'pod', pod, address: pod.status?.podIP ?? ''};
  const own = heard.filter(cell => placeText(cell.from) === placeText(at));
  const ports = (service.spec.ports ?? []).filter(({port}) => port === 53);
  const others = nameservers.filter(address => !vips.includes(address));
  const asksService = nameservers.length === 0 || others.length < nameservers.length;
  const targets = [
    ...(asksService ? servers : []).flatMap(server => ports.map(port => ({to: {kind: 'pod', pod: server, address: server.status?.podIP ?? ''} as End, node: server.spec.nodeName ?? '', server: podName(server), kind: 'pod' as const, port: targetPortIn(server, port), protocol: port.protocol}))),
    ...others.flatMap(address => (['UDP', 'TCP'] as const).map(protocol => ({to: {kind: 'node', node: at.place.node, addresses: [address]} as End, node: at.place.node, server: address, kind: 'nameserver' as const, port: 53, protocol}))),
  ];
  return targets.flatMap(({to, node, server, kind, port, protocol = 'TCP'}): Way[] => {
    if (port === null || (protocol !== 'UDP' && protocol !== 'TCP')) return [];
    const isOver = ({ask}: Cell): boolean => ask.protocol === protocol.toLowerCase();
    const over = own.filter(isOver);
    const witnessOn = (name: string): Way['witness'] => {
      const {tries, answered} = count(heard.filter(cell => isOver(cell) && cell.from.pod === null && cell.from.place.node === name && cell.server.kind === kind && cell.server.name === server));
      return tries === 0 ? null : answered > 0 ? 'answered' : 'silent';
    };
    const direct = over.filter(cell => cell.server.kind === kind && cell.server.name === server);
    const vip = count(over.filter(cell => cell.server.kind === 'vip'));
    const counted = count(direct);
    if (counted.answered > 0 || (kind === 'pod' && vip.tries > 0 && isWhole(vip))) return [];
    const seen = wasTried(direct) ? 'lost' as const : 'not-asked' as const;
    return judge({from, to, protocol, port}, world).filter(({verdict}) => verdict === 'denied' || (verdict === 'depends' && seen === 'lost'))
      .map(judgement => ({client: podName(pod), namespace: pod.metadata.namespace ?? '', server, port, protocol, isPod: kind === 'pod', judgement, seen, witness: witnessOn(judgement.direction === 'egress' ? at.place.node : node), cells: direct}));
  });
}

/** Of one direction, and for egress of one namespace: what all of these ways have in common, and the first policy's rule that comes nearest. */
function toFinding(ways: readonly Way[], service: NonNullable<Facts['dnsService']>, world: Facts['policies']): Found<'network-policy-denies'> {
  const certain = ways.filter(({judgement}) => judgement.verdict === 'denied');
  const shown = certain.length > 0 ? certain : ways;
  const [first] = shown;
  const {direction, depends = []} = first?.judgement ?? {direction: 'egress' as const};
  const names = (of: (way: Way) => readonly string[]): string[] => [...new Set(shown.flatMap(of))].sort();
  const policies = names(({judgement}) => judgement.policies);
  const protocols = (['UDP', 'TCP'] as const).filter(protocol => shown.some(way => way.protocol === protocol));
  const nearest = shown.flatMap(({judgement}) => judgement.misses).sort((a, b) => closeness.indexOf(a.lacks) - closeness.indexOf(b.lacks))[0] ?? null;
  const lost = shown.some(({seen}) => seen === 'lost');
  // A node is not stopped by policies: where it hears nothing either, something else is broken as well, and that comes first.
  const witnesses = shown.map(({witness}) => witness);
  const sure = witnesses.includes('answered') ? 'proven' as const : witnesses.includes('silent') ? 'possible' as const : 'likely' as const;
  const ruled = world.policies.find(each => `${each.metadata.namespace}/${each.metadata.name}` === policies[0])?.spec?.[direction] ?? [];
  return {
    code: 'network-policy-denies',
    subject: direction === 'egress' ? subject('Namespace', null, first?.namespace ?? '') : subject('Service', service.metadata.namespace ?? null, service.metadata.name),
    confidence: certain.length === 0 ? 'possible' : lost ? sure : 'likely',
    ...((protocols.includes('UDP') || lost) && (sure !== 'possible' || !lost) ? {} : {level: 'warning' as const}),
    args: {
      of: 'dns', reason: certain.length > 0 ? 'denied' : (depends[0]?.on ?? 'not-understood'), direction, policies, clients: names(({client}) => [client]), servers: names(({server}) => [server]), protocols, port: first?.port ?? 53, ports: protocols.map(protocol => ({port: first?.port ?? 53, protocol})),
      hasRules: ruled.length > 0, nearest, peer: first?.isPod === false ? null : {namespace: service.metadata.namespace ?? '', labels: service.spec.selector ?? {}}, seen: lost ? 'lost' : 'not-asked',
    },
    evidence: [...policyTexts(policies, direction, world), evidence('object', `Service ${nameOf(service)}`, `selector: ${JSON.stringify(service.spec.selector ?? {})}`), ...exchanges(shown.flatMap(({cells}) => cells), 4)],
  };
}

/** The rule that lacks a protocol has the right port's number; one that lacks peers was meant for something else. */
const closeness = ['protocol', 'peer', 'port'] as const;

function policyTexts(names: readonly string[], direction: Judgement['direction'], {policies}: Facts['policies']): Evidence[] {
  return policies.flatMap(({metadata, spec}) => {
    const name = `${metadata.namespace}/${metadata.name}`;
    return names.includes(name) ? [evidence('object', `NetworkPolicy ${name}`, JSON.stringify({podSelector: spec?.podSelector ?? {}, policyTypes: spec?.policyTypes, [direction]: spec?.[direction] ?? []}))] : [];
  });
}
