import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {test} from 'node:test';
import {parseConntrack} from '../../../src/parse/conntrack.ts';
import {parseIpvsConnections} from '../../../src/parse/ipvs-connections.ts';

const fixture = (name: string): string => readFileSync(new URL(`../../fixtures/conntrack/${name}.txt`, import.meta.url), 'utf8');
const sum = (n: number): string => `conntrack v1.4.7 (conntrack-tools): ${n} flow entries have been shown.`;
const lacking = (stdout: string, stderr = ''): string | null => parseConntrack(stdout, stderr).lacking;
const line = 'udp      17 25 src=10.99.0.1 dst=10.96.0.10 sport=40001 dport=53 [UNREPLIED] src=10.99.0.3 dst=10.99.0.1 sport=53 dport=40001 mark=0 use=1';

test('the tool’s and the kernel’s own listing of one table say the same', () => {
  const tool = parseConntrack(fixture('tool'), `${sum(4)}\n${sum(1)}`);
  const kernel = parseConntrack(fixture('proc'), '');
  assert.deepEqual([tool.way, tool.count, tool.lacking, tool.strange], ['conntrack', 7, null, []]);
  assert.deepEqual([kernel.way, kernel.count, kernel.lacking, kernel.strange], ['nf_conntrack', 7, null, []]);
  const flows = (listing: typeof tool): string[] => listing.flows.filter(({original}) => !original.source.includes(':')).map(({original, reply, flags}) => `${original.source}:${original.sourcePort} ${original.destination} ${reply.source} ${flags.join()}`).sort();
  assert.deepEqual(flows(tool), ['10.99.0.1:40001 10.96.0.10 10.99.0.3 UNREPLIED', '10.99.0.1:40002 10.96.0.11 10.99.0.2 ', '10.99.0.1:40003 10.96.0.11 10.99.0.2 ASSURED', '10.99.0.1:40004 10.96.0.12 10.96.0.12 UNREPLIED']);
  assert.deepEqual(flows(kernel), flows(tool), 'and what came from port 53 is none of them');
  assert.equal(tool.flows.length, 5);
  assert.deepEqual(kernel.flows.map(({fields}) => fields['zone']), Array.from({length: 5}, () => '0'));
});

test('an empty listing is one only if what listed it says so', () => {
  const empty = 'count 7\nconntrack ipv4\nconntrack ipv6\n';
  assert.equal(lacking(empty, `${sum(0)}\n${sum(0)}`), null);
  assert.match(lacking(empty, sum(0)) ?? '', /did not list all/);
  assert.match(lacking(empty, 'conntrack v1.4.7 (conntrack-tools): Operation failed: Operation not permitted') ?? '', /Operation not permitted/);
  assert.match(lacking(`count 7\nconntrack ipv4\n${line}\nconntrack ipv6\n`, `${sum(2)}\n${sum(0)}`) ?? '', /listed 2 entries, of which 1 arrived/);
  assert.equal(lacking('count 7\nnf_conntrack\nlines 7\n'), null);
  assert.equal(lacking('count 0\nnf_conntrack\nlines 0\n'), null);
  assert.match(lacking('count 7\nnf_conntrack\nlines 0\n') ?? '', /not read to its end/);
  assert.match(lacking('count 7\nnf_conntrack\n', 'kdiag: status 137 with 65536 KiB') ?? '', /status 137/);
  assert.equal(lacking('', 'the kernel tracks no connections'), 'the kernel tracks no connections');
  assert.equal(lacking(''), 'nothing was listed');
  assert.match(parseConntrack(`count 7\nmost 1\nconntrack ipv4\n${line}\n`, '').lacking ?? '', /not all were listed/);
});

test('every word is kept', () => {
  const [flow = assert.fail()] = parseConntrack('udp 17 src=1.1.1.1 dst=2.2.2.2 sport=9 dport=53 packets=2 bytes=120 src=2.2.2.2 dst=1.1.1.1 sport=53 dport=9 packets=1 bytes=60 [HW_OFFLOAD] mark=0 secctx=a:b=c zone-orig=3 strange use=1', '').flows;
  assert.deepEqual([flow.seconds, flow.flags, flow.words], [null, ['HW_OFFLOAD'], ['strange']]);
  assert.deepEqual(flow.fields, {packets: '2', bytes: '120', 'reply packets': '1', 'reply bytes': '60', mark: '0', secctx: 'a:b=c', 'zone-orig': '3', use: '1'});
  const odd = ['tcp 6 100 ESTABLISHED src=1.1.1.1', 'udp 17 29 src=1.1.1.1 dst=2.2.2.2 sport=9 dport=53', line.replace('sport=53', 'sport=x'), 'what is this'];
  assert.deepEqual(parseConntrack(odd.join('\n'), '').strange, odd);
});

test('ip_vs’s own table', () => {
  const {listed, connections, strange} = parseIpvsConnections(fixture('ip_vs_conn'));
  assert.deepEqual([listed, connections.length, strange], [true, 10, []]);
  const {raw, ...first} = connections[0]!;
  assert.deepEqual(first, {protocol: 'UDP', client: '10.96.0.10', clientPort: 0xaaf2, virtual: '10.96.0.10', virtualPort: 53, destination: '10.244.1.2', destinationPort: 53, state: 'UDP', seconds: 299, engine: ''});
  assert.ok(fixture('ip_vs_conn').includes(raw));
  const six = 'UDP fd00:0000:0000:0000:0000:0000:0000:0005 A0F2 fd00:0000:0000:0000:0000:0000:0000:000a 0035 0AF40102 0035 UDP             299 sip x';
  assert.deepEqual(parseIpvsConnections(six).connections.map(({client, destination, engine}) => [client, destination, engine]), [['fd00:0000:0000:0000:0000:0000:0000:0005', '10.244.1.2', 'sip x']]);
  assert.deepEqual(parseIpvsConnections('UDP nonsense\n'), {listed: false, connections: [], strange: ['UDP nonsense']});
});
