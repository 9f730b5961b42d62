import {formatAddress, hostPort, parseAddress} from '../../src/model/ip.ts';

/**
 * Where a TCP connection's first packet landed, whatever became of the packets behind it: a listener that got a SYN holds the
 * connection in state SYN_RECV until its handshake ends, and /proc/net/tcp{,6} lists it. The translations are in the node's connection table.
 */

/** `10.2.0.11:80 from 172.30.2.1:4711` */
export type Pair = string;

export const pair = (at: string, from: string): Pair => `${at} from ${from}`;

/** include/net/tcp_states.h: ESTABLISHED, SYN_RECV, CLOSE_WAIT. A socket that connects is SYN_SENT until it is answered. */
const receiving = new Set(['01', '03', '08']);

/** Connections of /proc/net/tcp or tcp6 whose first packet has come. One that was opened here and answered is among them, by its own port. */
export function opened(text: string): Pair[] {
  return text.split('\n').slice(1).flatMap(line => {
    const [, local, remote, state = ''] = line.trim().split(/\s+/);
    return local === undefined || remote === undefined || !receiving.has(state) ? [] : [pair(endOf(local), endOf(remote))];
  });
}

/** `0100007F:03E7`: words of 32 bits in the byte order of the machine, then the port (net/ipv4/tcp_ipv4.c get_tcp4_sock). */
function endOf(hex: string): string {
  const [address = '', port = ''] = hex.split(':');
  const words = address.match(/.{8}/g) ?? [];
  const bytes = words.flatMap(word => (word.match(/../g) ?? []).toReversed().map(byte => parseInt(byte, 16)));
  const isMapped = bytes.length === 16 && bytes.slice(0, 10).every(byte => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
  const host = bytes.length === 4 || isMapped ? bytes.slice(-4).join('.') : Array.from({length: 8}, (_, i) => ((bytes[2 * i] ?? 0) << 8 | (bytes[2 * i + 1] ?? 0)).toString(16)).join(':');
  return hostPort(canonical(host), parseInt(port, 16));
}

function canonical(host: string): string {
  const address = parseAddress(host);
  return address === null ? host : formatAddress(address);
}

/**
 * TCP of /proc/net/nf_conntrack: what was sent → where its receiver sees it, which is the direction of answers turned round
 * (net/netfilter/nf_conntrack_standalone.c ct_seq_show).
 */
export function translations(text: string): [Pair, Pair][] {
  return text.split('\n').filter(line => / tcp +6 /.test(line)).flatMap(line => {
    const tuples = [...line.matchAll(/src=(\S+) dst=(\S+) sport=(\d+) dport=(\d+)/g)].map(([, source = '', destination = '', from, to]) => ({source: hostPort(canonical(source), Number(from)), destination: hostPort(canonical(destination), Number(to))}));
    const [sent, answer] = tuples;
    return sent === undefined || answer === undefined ? [] : [[pair(sent.destination, sent.source), pair(answer.source, answer.destination)] satisfies [Pair, Pair]];
  });
}
