import {createSocket} from 'node:dgram';
import {createServer} from 'node:net';
import {decode, encode, type Packet, streamEncode} from 'dns-packet';

/**
 * A DNS server that misbehaves: `stub.ts ADDRESS PORT [slow=MS] [wildcard=DOMAIN] [servfail=DOMAIN] [nodata=DOMAIN]`. It knows example.com (203.0.113.10),
 * any name below the wildcard, and says NXDOMAIN to the rest.
 */
const [address = '127.0.0.1', port = '53', ...settings] = process.argv.slice(2);
const setting = (name: string): string | null => settings.map(each => each.split('=')).find(([key]) => key === name)?.[1] ?? null;
const [slow, wildcard, servfail, nodata] = [Number(setting('slow') ?? 0), setting('wildcard'), setting('servfail'), setting('nodata')];

function answer(query: Packet): Packet {
  const question = query.questions?.[0];
  const name = question?.name.toLowerCase() ?? '';
  const below = (domain: string | null): boolean => domain !== null && (name === domain || name.endsWith(`.${domain}`));
  const data = name === 'example.com' ? '203.0.113.10' : below(wildcard) ? '203.0.113.66' : null;
  const rcode = below(servfail) ? 2 : data !== null || below(nodata) ? 0 : 3;
  const answers = data !== null && question?.type === 'A' && rcode === 0 ? [{name: question.name, type: 'A' as const, ttl: 5, data}] : [];
  return {id: query.id ?? 0, type: 'response', flags: 0x180 | rcode, questions: query.questions ?? [], answers};
}

const udp = createSocket('udp4');
udp.on('message', (message, from) => setTimeout(() => udp.send(encode(answer(decode(message))), from.port, from.address), slow));
udp.bind(Number(port), address);
createServer(socket => {
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => setTimeout(() => socket.end(streamEncode(answer(decode(chunk.subarray(2))))), slow));
}).listen(Number(port), address);
