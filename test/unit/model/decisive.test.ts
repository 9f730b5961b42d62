import assert from 'node:assert/strict';
import {test} from 'node:test';
import {parseAddress} from '../../../src/model/ip.ts';
import {programOf} from '../../../src/model/iptables/evaluate.ts';
import {leavesOf} from '../../../src/model/netfilter/alike.ts';
import type {Program} from '../../../src/model/netfilter/program.ts';
import {traverse} from '../../../src/model/netfilter/traverse.ts';
import type {Packet} from '../../../src/model/packet.ts';
import {parseDump} from '../../../src/parse/iptables.ts';

/** A filter table whose FORWARD has these rules. */
function forward(...rules: readonly string[]): Program {
  const [table] = parseDump(['*filter', ':FORWARD DROP [0:0]', ':OWN - [0:0]', ...rules, 'COMMIT', ''].join('\n')).tables;
  assert.ok(table);
  return programOf(table) as unknown as Program;
}

const place = {isLocal: () => false};
const packet = (destination: string, more: Partial<Packet> = {}): Packet => ({protocol: 'tcp', source: parseAddress('10.1.0.9'), destination: parseAddress(destination) ?? assert.fail(), port: 8080, from: 'pod', mark: 0, original: null, ...more});

const packets = ['10.2.0.1', '10.2.0.2', '10.3.0.1'].flatMap(to => [packet(to), packet(to, {mark: 0x4000}), packet(to, {mark: 0x4000, unsure: 0x1}), packet(to, {port: 53, protocol: 'udp'}), packet(to, {source: null}), packet(to, {untracked: true})]);

const chains: Readonly<Record<string, readonly string[]>> = {
  'asks for nothing but marks': ['-A FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT', '-A FORWARD -m mark --mark 0x1/0x1 -j OWN', '-A OWN -j MARK --set-xmark 0x8/0x8'],
  'asks for destinations, in a chain of its own': ['-A FORWARD -s 10.1.0.0/16 -j OWN', '-A OWN -d 10.2.0.0/24 -j ACCEPT', '-A OWN -d 10.3.0.1/32 -p udp -m udp --dport 53 -j REJECT --reject-with icmp-port-unreachable'],
  'draws, and changes marks': ['-A FORWARD -m statistic --mode random --probability 0.5 -j MARK --set-xmark 0x4000/0x4000', '-A FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT'],
  'has what cannot be decided': ['-A FORWARD -m limit --limit 5/sec -j MARK --set-xmark 0x2/0x2', '-A FORWARD -d 10.2.0.1/32 -j ACCEPT', '-A FORWARD -m mark --mark 0x2/0x2 -j ACCEPT'],
  'translates': ['-A FORWARD -d 10.2.0.1/32 -j DNAT --to-destination 10.9.9.9:99'],
  'ends tracking': ['-A FORWARD -d 10.2.0.1/32 -j NOTRACK', '-A FORWARD -m conntrack --ctstate UNTRACKED -j ACCEPT'],
};

for (const [name, rules] of Object.entries(chains)) {
  test(`a chain that ${name} does the same to packets that are sent through it together`, () => {
    const shared = forward(...rules);
    for (const one of [...packets, ...packets]) {
      const [together, alone] = [leavesOf(shared, 'FORWARD', one, place), traverse(forward(...rules), 'FORWARD', one, place)];
      assert.deepEqual(plain(together), plain(alone));
    }
  });
}

test('packets that no rule tells apart are sent through once', () => {
  const program = forward('-A FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT');
  let asked = 0;
  const counting: Program = {...program, evaluate: (rule, at, on) => {
    asked += 1;
    return program.evaluate(rule, at, on);
  }};
  for (const to of ['10.2.0.1', '10.2.0.2', '10.3.0.1']) leavesOf(counting, 'FORWARD', packet(to), place);
  assert.equal(asked, 1);
});

function plain(leaves: readonly object[]): unknown {
  return JSON.parse(JSON.stringify(leaves, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)));
}
