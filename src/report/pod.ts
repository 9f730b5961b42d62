import type {Report} from '../diagnose/report.ts';
import {plain, wrap} from './plain.ts';
import type {Style} from './style.ts';
import {table} from './table.ts';

export function podLines({pod}: Report, style: Style): string[] {
  if (pod === undefined) return [];
  const indented = (lines: readonly string[]): string[] => lines.map(line => `  ${line}`);
  const listening = pod.listeners.map(({protocol, address, port, process}) => [protocol, address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`, process ?? '?']);
  return [
    style.strong(`Pod ${plain(`${pod.namespace}/${pod.name}`)} on ${plain(pod.node)}`), ...(pod.hostNetwork ? ["  in its node's own network"] : []),
    ...wrap(`addresses: ${pod.addresses.join(', ') || 'none'}`, style.width - 2).map(line => `  ${line}`),
    '', ...indented(table(['INTERFACE', 'STATE', 'MTU', 'KIND', 'ON THE NODE', 'MTU', 'BRIDGE', 'HAIRPIN'], pod.links.map(({name, state, mtu, kind, peer}) => [name, state, String(mtu), kind ?? '', peer?.name ?? '', peer === null ? '' : String(peer.mtu), peer?.bridge ?? '', peer === null || peer.hairpin === null ? '' : peer.hairpin ? 'on' : 'off']))),
    '', ...indented(table(['ROUTE TO', 'VIA', 'INTERFACE'], pod.routes.map(({to, via, device}) => [to === '0.0.0.0/0' ? 'default' : to, via ?? '', device]))),
    '', ...indented(listening.length === 0 ? ['nothing listens'] : table(['LISTENS', 'AT', 'PROCESS (on the node)'], listening)),
    '', '  /etc/resolv.conf', ...(pod.resolvConf === null ? ['    there is none'] : pod.resolvConf.split('\n').map(line => `    ${plain(line)}`)),
  ];
}
