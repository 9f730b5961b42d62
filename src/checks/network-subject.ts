import type {Facts} from '../facts/facts.ts';
import {isKnown} from '../cluster/answer.ts';
import {type Evidence, evidence, nodeSubject, type Subject, subject} from '../findings/finding.ts';
import {failureOf, isThrough, type NetworkCell, takes, triesOf} from '../model/network/asked.ts';
import {placeText} from '../model/dns/place.ts';
import {deviceOf} from '../model/network/routing.ts';
import type {NodeNetwork} from '../model/network/node-network.ts';
import type {Link} from '../parse/links.ts';
import {hostPort} from '../model/ip.ts';

/** The one node that a finding is about, or the network of all. */
export function networkSubject(nodes: readonly string[]): Subject {
  const [only, ...others] = new Set(nodes);
  return only !== undefined && others.length === 0 ? nodeSubject(only) : subject('Cluster', null, 'pod-network');
}

/** One line an ask: who asked whom, and what came of it. */
export function attempts(cells: readonly NetworkCell[], most = 6): Evidence[] {
  const lines = cells.filter(({heard}) => isKnown(heard)).map(cell => {
    const {from, target, size, heard} = cell;
    const tries = triesOf([cell]);
    const lost = tries.filter(each => !isThrough(cell, each));
    const refused = target.kind === 'endpoint' && size === 'small' ? tries.length - lost.length - tries.filter(takes).length : 0;
    return evidence('probe', `asked from ${placeText(from)}${isKnown(heard) ? ` (${heard.known.via})` : ''}`, `TCP ${hostPort(target.address, target.port)}${{small: '', few: ', a few bytes on each connection', large: ', more bytes than a packet takes'}[size]}: ${tries.length - lost.length} of ${tries.length} came through${refused === 0 ? '' : `, ${refused === tries.length ? '' : `${refused} of them `}refused there`}${lost.length === 0 ? '' : `, ${failureOf(lost).text}`}`);
  });
  return lines.length > most ? [...lines.slice(0, most), evidence('probe', 'asked', `… and ${lines.length - most} more`)] : lines;
}

/** Whether an interface of the node is a bridge that pods at these addresses are on. */
export function bridgeOf(network: NodeNetwork, addresses: readonly string[]): Link | null {
  const devices = new Set(addresses.map(address => deviceOf(network, address)));
  return network.links.find(({name, kind}) => kind === 'bridge' && devices.has(name)) ?? null;
}

/** Of the nodes that were read. */
export function knownNetworks(networks: Facts['networks']): {readonly node: string; readonly network: NodeNetwork}[] {
  return [...networks].flatMap(([node, answer]) => (isKnown(answer) ? [{node, network: answer.known}] : []));
}

/** Why no node's network is known, if none is. */
export function unreadNetworks(networks: Facts['networks']): string | null {
  const answers = [...networks.values()];
  const first = answers.find(answer => !isKnown(answer));
  return answers.some(isKnown) ? null : first === undefined || isKnown(first) ? 'no node was read' : first.unknown.detail;
}

/** Why nothing was asked, if nothing was. */
export function notAsked(cells: readonly NetworkCell[]): string | null {
  if (cells.some(({heard}) => isKnown(heard))) return null;
  const first = cells.find(({heard}) => !isKnown(heard))?.heard;
  return first === undefined ? 'there is nothing to ask over TCP, or nowhere to ask from' : `nothing was asked: ${isKnown(first) ? '' : first.unknown.detail}`;
}
