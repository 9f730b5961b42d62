import {isKnown, known} from '../cluster/answer.ts';
import type {VirtualServer} from '../parse/ipvs.ts';
import type {Fault} from './comparison.ts';
import type {Dialect} from './dialect.ts';
import {fraction, one} from './fraction.ts';
import {parseAddress} from './ip.ts';
import {edited, isSame, single} from './netfilter/edit.ts';
import {type Base, basesOf} from './netfilter/hooks.ts';
import type {Evaluation, Line} from './netfilter/program.ts';
import type {NodeRules} from './node-rules.ts';
import type {Packet} from './packet.ts';
import type {Way} from './ways.ts';

/** A node whose rules are as a remedy would leave them: for the walk of one way's packets only. */
export interface Mended {
  readonly rules: NodeRules;
  readonly bases: readonly Base[];
}

/** kube-proxy's default masquerade mark (iptablesMasqueradeBit, nftables.masqueradeBit: 14). */
const mark = 0x4000;

/**
 * What the node would have once the remedies of these faults are carried out: rules of others that hinder gone, policies open,
 * and, where kube-proxy's own rules are at fault, those that it would write for this way in (equal shares of the endpoints,
 * masquerading where answers need it) in the place of its own, between the rules of others as they stand.
 */
export function mended(rules: NodeRules, dialect: Dialect, way: Way, faults: readonly Fault[]): Mended {
  const {family} = way.packet.destination;
  const gone = faults.flatMap(fault => (fault.kind === 'foreign-drop' ? fault.evidence.slice(-1) : fault.kind === 'bypassed' ? fault.evidence : []));
  const anew = faults.some(({kind}) => kind !== 'foreign-drop' && kind !== 'bypassed' && kind !== 'forward-policy' && kind !== 'both-backends');
  const changed = anew && dialect.mode === 'ipvs' ? withVirtualServer(rules, way) : rules;
  const accept = faults.some(({kind}) => kind === 'forward-policy');
  const bases = basesOf(changed, family).map(base => edited(base, {accept, ...(gone.length === 0 ? {} : {rule: rule => (gone.some(each => isSame(each, rule)) ? null : undefined)})}));
  return {rules: changed, bases: anew ? rewritten(bases, dialect, way) : bases};
}

/** kube-proxy's rules as it would write them, where its own stand; ahead of all where there are none. */
function rewritten(bases: readonly Base[], dialect: Dialect, way: Way): Base[] {
  const entry = way.packet.from === 'host' ? 'output' : 'prerouting';
  const translate = dialect.mode === 'ipvs' ? (packet: Packet): Evaluation => ({branches: [{share: one, action: {go: 'accept'}, packet: marked(packet, way.client !== 'pod')}]}) : translation(way);
  const others = bases.flatMap((base): Base[] => {
    if (/^nft \w+ kube-proxy$/.test(base.owner)) return [];
    if (base.type === 'nat' && (base.hook === entry || base.hook === 'postrouting')) {
      const [chain, does] = base.hook === entry ? ['KUBE-SERVICES', translate] as const : ['KUBE-POSTROUTING', masquerade] as const;
      return [edited(base, {rule: (rule, packet) => (targetOf(rule) === chain ? does(packet) : undefined)})];
    }
    return [edited(base, {rule: rule => (/^KUBE-(SERVICES|EXTERNAL-SERVICES|NODEPORTS|NODE-PORT|PROXY-FIREWALL|IPVS-FILTER|IPVS-OUT-FILTER)$/.test(targetOf(rule)) ? null : undefined)})];
  });
  const stands = (hook: Base['hook'], chain: string): Base => single({owner: 'kube-proxy', hook, type: 'nat', priority: hook === 'postrouting' ? 99 : -101}, {table: 'nat', chain, comment: null, raw: 'as kube-proxy would write it'}, hook === 'postrouting' ? masquerade : translate);
  const added = [...(has(bases, entry, 'KUBE-SERVICES') ? [] : [stands(entry, 'services')]), ...(has(bases, 'postrouting', 'KUBE-POSTROUTING') ? [] : [stands('postrouting', 'masquerade')])];
  return [...others, ...added].sort((a, b) => a.priority - b.priority);
}

function translation(way: Way): (packet: Packet) => Evaluation | null {
  const {endpoints} = way.expected;
  return packet => endpoints.length === 0 ? null : {branches: endpoints.flatMap(({to, address, port, node}) => {
    const destination = parseAddress(address);
    if (destination === null) return [];
    const needs = way.client === 'outside' ? node !== way.node : destination.bits === packet.source?.bits;
    const onward = {...marked(packet, needs), destination, port, original: packet.original ?? {destination: packet.destination, port: packet.port}};
    return [{share: fraction(1n, BigInt(endpoints.length)), action: {go: 'dnat' as const, to}, packet: onward}];
  })};
}

function masquerade(packet: Packet): Evaluation | null {
  const own = packet.original !== null && packet.source?.bits === packet.destination.bits; // KUBE-LOOP-BACK of ipvs mode
  return (packet.mark & mark) === 0 && !own ? null : {branches: [{share: one, action: {go: 'snat', to: null}, packet}]};
}

function marked(packet: Packet, needs: boolean): Packet {
  return needs ? {...packet, mark: (packet.mark | mark) >>> 0} : packet;
}

/** The virtual server, and its address on kube-ipvs0. */
function withVirtualServer(rules: NodeRules, way: Way): NodeRules {
  const {address, port, protocol} = way;
  const others = isKnown(rules.ipvs.services) ? rules.ipvs.services.known.filter(each => !(each.address === address && each.port === port && each.protocol === protocol)) : [];
  const server: VirtualServer = {
    protocol, address, port, fwmark: null, scheduler: 'rr', flags: '', persistent: null, raw: '',
    destinations: way.expected.endpoints.map(to => ({address: to.address, port: to.port, forward: 'Masq', weight: 1, active: 0, inactive: 0, raw: ''})),
  };
  return {...rules, ipvs: {...rules.ipvs, services: known([...others, server])}, localAddresses: new Set([...rules.localAddresses ?? [], address])};
}

/** Whether a base chain of that hook's nat jumps there. */
function has(bases: readonly Base[], hook: Base['hook'], target: string): boolean {
  return bases.some(({type, hook: own, chain, program}) => {
    const rules = type === 'nat' && own === hook ? program.chains.get(chain) : undefined;
    for (let i = 0, rule = rules?.ruleAt(0); rule !== undefined; rule = rules?.ruleAt(++i)) if (targetOf(rule) === target) return true;
    return false;
  });
}

function targetOf(rule: Line): string {
  return 'target' in rule ? ((rule.target as {readonly name?: string} | null)?.name ?? '') : '';
}
