import type {ServiceTarget} from '../facts/facts.ts';
import {KdiagError} from '../kdiag-error.ts';

/** RFC 1123 labels: names of Services and namespaces; nodes and pods may have dots. */
const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/** `NAME`, `NAME:PORT`, and as kubectl writes it `svc/NAME`. Throws KdiagError(2). */
export function parseService(text: string): {readonly service: string; readonly port: string | null} {
  const [, name = '', port] = /^(?:svc\/|service\/|services\/)?([^:]*)(?::(.*))?$/.exec(text) ?? [];
  if (!label.test(name)) throw new KdiagError(2, `“${text}” is no name of a Service`, 'Write NAME or NAME:PORT, and the namespace as -n NAMESPACE');
  if (port !== undefined && !(/^\d+$/.test(port) ? Number(port) >= 1 && Number(port) <= 65_535 : label.test(port))) throw new KdiagError(2, `“${port}” is no port: write its number, from 1 to 65535, or its name`);
  return {service: name, port: port ?? null};
}

/** `node/NAME`, `pod/NAME`, `pod/NAMESPACE/NAME`. Throws KdiagError(2). */
export function parseFrom(text: string | undefined, namespace: string): ServiceTarget['from'] {
  if (text === undefined) return null;
  const parts = text.split('/');
  const [kind, first = '', second] = parts;
  if (kind === 'node' && parts.length === 2 && subdomain.test(first)) return {kind: 'node', name: first};
  if (kind === 'pod' && parts.length === 2 && subdomain.test(first)) return {kind: 'pod', namespace, name: first};
  if (kind === 'pod' && parts.length === 3 && label.test(first) && subdomain.test(second ?? '')) return {kind: 'pod', namespace: first, name: second ?? ''};
  throw new KdiagError(2, `“${text}” is no place to look from`, 'Write --from node/NAME, --from pod/NAME or --from pod/NAMESPACE/NAME');
}

/** `NAME`, and as kubectl writes it `node/NAME`. Throws KdiagError(2). */
export function checkNode(text: string): string {
  const name = text.replace(/^(node|nodes|no)\//, '');
  if (!subdomain.test(name)) throw new KdiagError(2, `“${text}” is no name of a node`);
  return name;
}

export function checkNamespace(text: string): string {
  if (!label.test(text)) throw new KdiagError(2, `“${text}” is no name of a namespace`);
  return text;
}

/** Equality-based: `a=b,c=d`, the keys sorted. Throws KdiagError(2). */
export function checkSelector(text: string): string {
  const parts = text.split(',').map(part => /^([A-Za-z0-9]([-A-Za-z0-9_./]*[A-Za-z0-9])?)={1,2}([-A-Za-z0-9_.]*)$/.exec(part.trim()));
  if (parts.some(part => part === null)) throw new KdiagError(2, `“${text}” is no selector that kdiag understands`, 'Write KEY=VALUE, or several as KEY=VALUE,KEY=VALUE');
  return parts.map(part => `${part?.[1]}=${part?.[3]}`).sort().join(',');
}
