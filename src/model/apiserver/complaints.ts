import {hostPort} from '../ip.ts';

/** How Go's net and client-go, and what others print of errno, say that nothing was heard. */
const failure = /connection refused|i\/o timeout|timed? ?out|deadline exceeded|no route to host|(?:network|host) is unreachable|connection reset|\bEOF\b/i;

/** CoreDNS's, which names no address while its requests get lost (plugin/kubernetes/setup.go). */
const waiting = /starting server with unsynced Kubernetes API/;

/**
 * The lines of a program's log that say that it did not reach an API server by the Service's address or name: each once, the last
 * `most`. What a program says in other words is not found.
 */
export function complaintsOf(log: string, addresses: readonly string[], port: number, most = 2): readonly string[] {
  const names = [...addresses.map(address => hostPort(address, port)), ...addresses.map(address => `https://${address.includes(':') ? `[${address}]` : address}/`), 'kubernetes.default'];
  const lines = log.split('\n').filter(line => waiting.test(line) || (failure.test(line) && names.some(name => isNamed(line, name))));
  return [...new Set(lines.map(line => line.trim()).toReversed())].slice(0, most).toReversed();
}

/** Not within a longer address, such as `110.96.0.1:443`, or port. */
function isNamed(line: string, name: string): boolean {
  for (let at = line.indexOf(name); at >= 0; at = line.indexOf(name, at + 1)) {
    if (!/[\d.]/.test(line[at - 1] ?? '') && !/\d/.test(line[at + name.length] ?? '')) return true;
  }
  return false;
}
