import assert from 'node:assert/strict';
import {test} from 'node:test';
import {Addresses} from '../../../../src/cluster/recording/pseudonymise/addresses.ts';
import {SecretKey} from '../../../../src/cluster/recording/pseudonymise/secret-key.ts';
import {randoms} from './recordings.ts';

const addresses = new Addresses(new SecretKey('a key'));

function sharedBits(a: Uint8Array, b: Uint8Array): number {
  for (let bit = 0; bit < a.length * 8; bit += 1) {
    if ((((a[bit >> 3] ?? 0) ^ (b[bit >> 3] ?? 0)) & (0x80 >> (bit & 7))) !== 0) return bit;
  }
  return a.length * 8;
}

/** Two addresses that share a random number of first bits, often in one of the ranges that clusters use. */
function pair(random: () => number, length: 4 | 16): readonly [Uint8Array, Uint8Array] {
  const heads = length === 4 ? [[], [10], [10, 244], [172, 16], [192, 168], [100, 64], [127], [224]] : [[], [0xfd, 0], [0x20, 1, 0x0d, 0xb8], [0xfe, 0x80], [0xff, 2], [0xfc]];
  const head = heads[Math.floor(random() * heads.length)] ?? [];
  const a = Uint8Array.from({length}, (_, index) => head[index] ?? Math.floor(random() * 256));
  const shared = Math.floor(random() * (length * 8 + 1));
  const b = a.map((byte, index) => {
    const same = Math.max(0, Math.min(8, shared - index * 8));
    return (byte & (0xff00 >> same)) | (Math.floor(random() * 256) & (0xff >> same));
  });
  return [a, b];
}

for (const length of [4, 16] as const) {
  test(`2,000 pairs of addresses of ${length} bytes share as many first bits as before`, () => {
    const random = randoms(length);
    for (let count = 0; count < 2000; count += 1) {
      const [a, b] = pair(random, length);
      const [after, other] = [addresses.ofBytes(a), addresses.ofBytes(b)];
      assert.equal(sharedBits(after, other), sharedBits(a, b), `${a} ${b}`);
      assert.equal(after.at(-1), a.at(-1), 'the last octet stays');
      a.forEach((octet, index) => assert.equal(Math.clz32(after[index] ?? 0), Math.clz32(octet), 'an octet\'s leading zeros stay'));
    }
  });
}

test('the same key gives the same, another key another', () => {
  const [again, other] = [new Addresses(new SecretKey('a key')), new Addresses(new SecretKey('another key'))];
  const random = randoms(1);
  let different = 0;
  for (let count = 0; count < 200; count += 1) {
    const address = [10, 100 + Math.floor(random() * 100), 64 + Math.floor(random() * 64), 1].join('.');
    assert.equal(again.of(address), addresses.of(address));
    if (other.of(address) !== addresses.of(address)) different += 1;
  }
  assert.ok(different > 180);
});

test('what means the same everywhere stays', () => {
  for (const address of ['127.0.0.1', '127.0.53.53', '0.0.0.0', '255.255.255.255', '255.255.240.0', '169.254.20.10', '169.254.169.254', '224.0.0.251', '::', '::1', 'fe80::1', 'fe80::3ce9:4dff:feb3:185a', 'ff02::fb', '::ffff:127.0.0.1']) {
    assert.equal(addresses.of(address), address);
  }
});

test('private ranges stay themselves, and nothing else gets into them', () => {
  const ranges = /^(10\.|172\.(1[6-9]|2\d|3[01])\.|192\.168\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/;
  const random = randoms(3);
  for (let count = 0; count < 2000; count += 1) {
    const [a] = pair(random, 4);
    assert.equal(ranges.exec(addresses.of(a.join('.')))?.[1]?.split('.')[0], ranges.exec(a.join('.'))?.[1]?.split('.')[0], a.join('.'));
  }
  for (const address of ['fc00::1', 'fcff:1::2']) assert.match(addresses.of(address), /^fc/);
  for (const address of ['fd00:10:96::a', 'fd12:3456::1']) assert.match(addresses.of(address), /^fd/);
  assert.match(addresses.of('2001:db8::1'), /^[23]/);
});

test('networks stay networks, and hold what they held', () => {
  const random = randoms(4);
  for (let count = 0; count < 500; count += 1) {
    const bits = 8 + Math.floor(random() * 25);
    const host = [10, ...[0, 0, 0].map(() => Math.floor(random() * 256))];
    const value = host.reduce((sum, octet) => sum * 256 + octet, 0);
    const network = Math.floor(value / 2 ** (32 - bits)) * 2 ** (32 - bits);
    const text = (number: number): string => [24, 16, 8, 0].map(shift => Math.floor(number / 2 ** shift) % 256).join('.');
    const after = addresses.ofPrefix(text(network), bits).split('.').map(Number).reduce((sum, octet) => sum * 256 + octet, 0);
    const inside = addresses.of(host.join('.')).split('.').map(Number).reduce((sum, octet) => sum * 256 + octet, 0);
    assert.equal(after % 2 ** (32 - bits), 0);
    assert.equal(Math.floor(inside / 2 ** (32 - bits)), Math.floor(after / 2 ** (32 - bits)));
  }
});

test('IPv6 comes back as it is usually written, or with all its digits when it came so', () => {
  for (const address of ['fd00:10:96::a', 'fd00::', '2001:db8:0:1::5', 'fd00:1:2:3:4:5:6:7', 'fd00:0:0:1::']) {
    assert.equal(new URL(`http://[${addresses.of(address)}]/`).hostname, `[${addresses.of(address)}]`, 'RFC 5952');
  }
  assert.match(addresses.of('fd00:0010:0096:0000:0000:0000:0000:000a'), /^([0-9a-f]{4}:){7}000a$/);
  assert.equal(addresses.of('::ffff:10.1.2.3'), `::ffff:${addresses.of('10.1.2.3')}`);
});

test('what is no address comes back as it is', () => {
  for (const text of ['', 'cart', '10.1.2', '10.1.2.3.4', '300.1.1.1', 'None', '12:38:27']) assert.equal(addresses.of(text), text);
});
