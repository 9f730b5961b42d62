import {KdiagError} from '../kdiag-error.ts';
import type {TraceFrom, TraceTo} from '../diagnose/trace.ts';
import {checkNamespace, parseFrom, parseService} from './target.ts';

/** `pod/[NAMESPACE/]NAME`, `node/NAME`, `external/NODE`, and `external` alone, with which node left open. Throws KdiagError(2). */
export function parseTraceFrom(text: string, namespace: string): TraceFrom | {readonly kind: 'external'; readonly node: null} {
  if (text === 'external') return {kind: 'external', node: null};
  const [, node] = /^external\/(.*)$/.exec(text) ?? [];
  if (node !== undefined) {
    const from = parseFrom(`node/${node}`, namespace);
    return {kind: 'external', node: from?.name ?? node};
  }
  const from = /^(pod|node)\//.test(text) ? parseFrom(text, namespace) : null;
  if (from === null) throw new KdiagError(2, `“${text}” is no place to send from`, 'Write --from pod/[NAMESPACE/]NAME, --from node/NAME or --from external/NODE (from outside, arriving at that node)');
  return from;
}

/** `svc/[NAMESPACE/]NAME[:PORT]`, or `IP:PORT[/PROTOCOL]`, of IPv6 `[IP]:PORT`. Throws KdiagError(2). */
export function parseTraceTo(text: string, namespace: string): TraceTo {
  const [, own, rest] = /^(?:svc|service|services)\/(?:([^/:]+)\/)?([^/]+)$/.exec(text) ?? [];
  if (rest !== undefined) {
    const {service, port} = parseService(rest);
    return {kind: 'service', namespace: own === undefined ? namespace : checkNamespace(own), service, port};
  }
  const [, six, four, port = '', protocol = 'tcp'] = /^(?:\[([0-9a-f:.]+)\]|(\d+\.\d+\.\d+\.\d+)):(\d+)(?:\/(tcp|udp|sctp))?$/i.exec(text) ?? [];
  const address = six ?? four;
  if (address === undefined) throw new KdiagError(2, `“${text}” is nothing to send to`, 'Write --to svc/[NAMESPACE/]NAME[:PORT] or --to IP:PORT[/PROTOCOL], such as 10.96.0.10:53/UDP or [fd00::a]:53/UDP');
  if (Number(port) < 1 || Number(port) > 65_535) throw new KdiagError(2, `“${port}” is no port: write its number, from 1 to 65535`);
  return {kind: 'address', address, port: Number(port), protocol: protocol.toUpperCase() as 'TCP' | 'UDP' | 'SCTP'};
}
