import {createHash} from 'node:crypto';
import {isIP} from 'node:net';

const numbers = (...each: readonly number[]): Buffer => Buffer.from(each.flatMap(n => [n >> 8, n & 255]));
/** Behind its length, in so many octets. */
const sized = (octets: 1 | 2 | 3, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const length = Buffer.alloc(octets);
  length.writeUIntBE(body.length, 0, octets);
  return Buffer.concat([length, body]);
};
const extension = (type: number, ...parts: readonly Buffer[]): Buffer => Buffer.concat([numbers(type), sized(2, ...parts)]);

/**
 * ECDHE with AES-GCM, ChaCha20 and AES-CBC, then key exchange by RSA: what TLS 1.2 servers have had since 2008. The last one says that
 * renegotiation is safe (RFC 5746 §3.3), which some servers insist on.
 */
const cipherSuites = [0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc009, 0xc013, 0xc00a, 0xc014, 0xc023, 0xc027, 0x009c, 0x009d, 0x003c, 0x002f, 0x0035, 0x00ff];
/** x25519, P-256, P-384, P-521 (RFC 8422 §5.1.1, RFC 7748). */
const groups = [29, 23, 24, 25];
/** ECDSA, RSA-PSS, EdDSA and RSA with SHA-2, then with SHA-1 (RFC 8446 §4.2.3, which 1.2 servers read, too): so that any certificate may be shown. */
const signatures = [0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b, 0x0807, 0x0808, 0x0401, 0x0501, 0x0601, 0x0203, 0x0201];

/**
 * A ClientHello (RFC 5246 §7.4.1.2) in its record. It offers TLS 1.2 and nothing newer: from 1.3 on, certificates are encrypted. `seed`
 * gives the 32 octets of `random`: no secret comes of them, as the handshake is not finished, and the same question has the same bytes.
 */
export function clientHello(serverName: string | null, seed: string): Buffer {
  const named = serverName !== null && serverName !== '' && isIP(serverName) === 0; // RFC 6066 §3: no addresses
  const extensions = [
    ...(named ? [extension(0, sized(2, Buffer.from([0]), sized(2, Buffer.from(serverName.replace(/\.$/, ''), 'latin1'))))] : []),
    extension(10, sized(2, numbers(...groups))),
    extension(11, sized(1, Buffer.from([0]))),
    extension(13, sized(2, numbers(...signatures))),
    extension(23), // RFC 7627: FIPS servers want the extended master secret
  ];
  const body = sized(3, numbers(0x0303), createHash('sha256').update(seed).digest(), sized(1), sized(2, numbers(...cipherSuites)), sized(1, Buffer.from([0])), sized(2, ...extensions));
  return Buffer.concat([Buffer.from([22, 3, 1]), sized(2, Buffer.from([1]), body)]);
}
