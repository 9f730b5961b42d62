import {parseAddress} from '../ip.ts';
import type {Line} from '../netfilter/program.ts';
import {walk} from '../netfilter/walk.ts';
import type {NodeRules} from '../node-rules.ts';
import {linkNamed, type NodeNetwork} from './node-network.ts';
import {deviceOf, hopTo} from './routing.ts';

/** UDP ports of what joins nodes: VXLAN as Linux first had it and flannel has it, VXLAN (RFC 7348), Geneve (RFC 8926), WireGuard's and Calico's defaults. */
const portsOf: Readonly<Record<string, readonly number[]>> = {vxlan: [8472, 4789], geneve: [6081], wireguard: [51_820, 51_821]};

/** Devices whose plug-in always takes the same port. */
const portOf = (device: string): number | null => (/^(flannel\.|cilium_vxlan)/.test(device) ? 8472 : device === 'vxlan.calico' ? 4789 : null);

/** A rule that keeps out what carries the pod network between two nodes. */
export interface Blocked {
  readonly node: string;
  readonly device: string;
  readonly kind: string;
  readonly port: number;
  readonly with: 'drop' | 'reject';
  readonly rule: Line;
}

/**
 * What the sender's rules, and then the receiver's, do with the packets around the pods' own. Which port a device has is not in /proc: its usual
 * ones are tried. Not handled: protocols without ports (IPIP, GRE), firewalls that are not on these nodes.
 */
export function blockedOverlay(own: NodeNetwork, ownRules: NodeRules, other: NodeRules, ownAddress: string, otherAddress: string, pod: string): Blocked | null {
  const hop = hopTo(own, pod);
  if (hop.kind !== 'route') return null;
  const {device} = hop.route;
  const kind = linkNamed(own, device)?.kind ?? '';
  const [source, destination] = [parseAddress(ownAddress), parseAddress(otherAddress)];
  if (source === null || destination === null) return null;
  const usual = portOf(device);
  const carrier = deviceOf(own, ownAddress) ?? 'eth0';
  const open = (portsOf[kind] ?? []).filter(port => own.listeners.some(each => each.protocol === 'UDP' && each.port === port));
  const ports = usual === null ? (open.length > 0 ? open : portsOf[kind] ?? []) : [usual];
  const found = ports.map(port => blockedAt(port));
  // of a port that only may be the device's, a rule counts that speaks of it; of all ports that may be, any
  return found.every(each => each !== null) ? found[0] ?? null : found.find(each => each !== null && new RegExp(`\\b${each.port}\\b`).test(each.rule.raw)) ?? null;

  function blockedAt(port: number): Blocked | null {
    if (source === null || destination === null) return null;
    const packet = {protocol: 'udp', source, destination, port, mark: 0, original: null} as const;
    for (const [rules, from] of [[ownRules, 'host'], [other, 'outside']] as const) {
      const [outcomes = []] = walk(rules, {...packet, from}).orders;
      const end = outcomes.find(each => each.end.kind === 'drop' || each.end.kind === 'reject')?.end;
      // a rule for the interface that such packets come in, or leave, by: the walk knows none
      const line = outcomes.find(each => each.unfollowed !== null)?.unfollowed ?? null;
      const interfaced = line !== null && new RegExp(`-${from === 'host' ? 'o' : 'i'} (?:${carrier}) `).test(line.raw) && new RegExp(`ports? (?:\\S*[,:])?${port}\\b`).test(line.raw) ? /-j (DROP|REJECT)/.exec(line.raw)?.[1] : undefined;
      if (interfaced !== undefined && line !== null) return {node: rules.node, device, kind, port, with: interfaced === 'DROP' ? 'drop' : 'reject', rule: line};
      if (end !== undefined && (end.kind === 'drop' || end.kind === 'reject')) return {node: rules.node, device, kind, port, with: end.kind, rule: end.rule ?? {table: 'filter', chain: from === 'host' ? 'OUTPUT' : 'INPUT', comment: null, raw: `policy DROP of ${from === 'host' ? 'OUTPUT' : 'INPUT'}`}};
    }
    return null;
  }
}
