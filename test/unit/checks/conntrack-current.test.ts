import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {test} from 'node:test';
import type {Result} from '../../../src/checks/check.ts';
import conntrackCurrent from '../../../src/checks/conntrack-current.ts';
import {type Answer, unknown} from '../../../src/cluster/answer.ts';
import type {NodeReading, Section} from '../../../src/cluster/cluster.ts';
import type {EndpointSlice, Service} from '../../../src/cluster/objects.ts';
import {messageOf, remedyOf} from '../../../src/findings/words.ts';
import type {Finding} from '../../../src/findings/finding.ts';
import {type NodeFlows, nodeFlows} from '../../../src/model/node-flows.ts';

const fixture = (name: string): string => readFileSync(new URL(`../../fixtures/conntrack/${name}.txt`, import.meta.url), 'utf8');
const shown = (n: number): string => `conntrack v1.4.7 (conntrack-tools): ${n} flow entries have been shown.\n`;
const section = (stdout: string, stderr = '', exit = 0): Section => ({command: '', stdout, stderr, exit});
const noIpvs = section('', 'the kernel has no ip_vs\n');
const reading = (sections: Readonly<Record<string, Section>>): NodeReading => ({node: 'node1', via: 'debug-pod', sections: {ip_vs_conn: noIpvs, ...sections}});
const listed = (text: string, n: number): Section => section(text, shown(n) + shown(0));

const service = (address: string): Service => ({metadata: {namespace: 'kube-system', name: 'kube-dns'}, spec: {clusterIP: address, ports: [{name: 'dns', port: 53, protocol: 'UDP'}, {name: 'dns-tcp', port: 53, protocol: 'TCP'}]}});
const slices = (...addresses: readonly string[]): EndpointSlice[] => [{metadata: {name: 's'}, addressType: 'IPv4', ports: [{name: 'dns', port: 53, protocol: 'UDP'}], endpoints: addresses.map(address => ({addresses: [address]}))}];
const look = (answer: Answer<NodeFlows>, address: string, ...endpoints: readonly string[]): Result => conntrackCurrent.run({dnsService: service(address), slices: slices(...endpoints), conntrack: new Map([['node1', answer]])});
const said = ({findings}: Result): string[] => findings.map(finding => messageOf(finding as Finding));
/** As /proc has the table. */
const table = fixture('proc');
const flows = nodeFlows(reading({conntrack: section(table)}));

test('a flow that leads to no endpoint, and was used just now, is told with whom it strikes and what to type', () => {
  const {findings, unknown: lacking} = look(flows, '10.96.0.11', '10.99.0.7');
  assert.deepEqual(lacking, []);
  const [finding, ...more] = findings as Finding[];
  assert.deepEqual([finding?.code, finding?.subject, more], ['conntrack-entry-stale', {kind: 'Node', namespace: null, name: 'node1'}, []]);
  assert.match(messageOf(finding!), /^node1 still sends 2 flows to 10\.96\.0\.11 port 53\/UDP on to 10\.99\.0\.2, which is no endpoint any more \(conntrack\): 10\.99\.0\.1 waits there/);
  assert.ok(remedyOf(finding!).includes('conntrack -D -p udp --orig-dst 10.96.0.11 --orig-port-dst 53 --reply-src 10.99.0.2'));
  assert.match(finding?.evidence[0]?.text ?? '', /src=10\.99\.0\.1 dst=10\.96\.0\.11 sport=4000[23]/);
});

test('a flow that nobody uses any more is passed over', () => {
  const idle = nodeFlows(reading({conntrack: section(table.replaceAll(/ 17 \d+ /g, ' 17 3 '))}));
  assert.deepEqual(said(look(idle, '10.96.0.11', '10.99.0.7')), []);
  assert.deepEqual(said(look(idle, '10.96.0.10', '10.99.0.7')), [], 'not even if nobody answered');
  assert.equal(said(look(flows, '10.96.0.10', '10.99.0.7')).length, 1);
});

test('who takes a new port for each question has left his flows behind, and suffers by none', () => {
  const line = (port: number, flag = ''): string => `ipv4     2 udp      17 28 src=10.99.0.9 dst=10.96.0.11 sport=${port} dport=53 ${flag === '' ? '[UNREPLIED] ' : ''}src=10.96.0.11 dst=10.99.0.9 sport=53 dport=${port} ${flag === '' ? '' : `[${flag}] `}mark=0 zone=0 use=2\n`;
  const of = (...lines: readonly string[]): string[] => said(look(nodeFlows(reading({conntrack: section(`count ${lines.length}\nmost 50000\nnf_conntrack\n${lines.join('')}lines ${lines.length}\n`)})), '10.96.0.11', '10.99.0.7'));
  assert.match(of(line(1), line(2), line(3))[0] ?? '', /^node1 has 3 flows to 10\.96\.0\.11/);
  assert.deepEqual(of(line(1), line(2), line(3), line(4)), []);
  assert.match(of(line(1), line(2), line(3), line(4), line(5, 'ASSURED').replace(' 28 ', ' 118 '))[0] ?? '', /^node1 has 1 flow to 10\.96\.0\.11/, 'one of them is kept');
});

test('endpoints that serve are right, ready or not', () => {
  assert.deepEqual(said(look(flows, '10.96.0.11', '10.99.0.2')), []);
  const terminating: EndpointSlice[] = slices('10.99.0.2').map(slice => ({...slice, endpoints: [{addresses: ['10.99.0.2'], conditions: {ready: false, serving: true, terminating: true}}]}));
  assert.deepEqual(said(conntrackCurrent.run({dnsService: service('10.96.0.11'), slices: terminating, conntrack: new Map([['node1', flows]])})), []);
});

test('a flow that began before the rules were there', () => {
  assert.match(said(look(flows, '10.96.0.12', '10.99.0.2'))[0] ?? '', /^node1 has 1 flow to 10\.96\.0\.12 port 53\/UDP that was never translated/);
  const bound = nodeFlows(reading({conntrack: section(table), fib_trie: section('  +-- 10.96.0.12/32 2 0 2\n     |-- 10.96.0.12\n        /32 host LOCAL\n'), if_inet6: section('')}));
  assert.deepEqual(said(look(bound, '10.96.0.12', '10.99.0.2')), [], 'the node has the address: something listens there');
});

test('mode ipvs: both tables, and what makes ip_vs forget', () => {
  const ipvs = nodeFlows(reading({conntrack: listed(fixture('tool-ipvs'), 10), ip_vs_conn: section(fixture('ip_vs_conn'))}));
  assert.deepEqual(said(look(ipvs, '10.96.0.10', '10.244.1.2', '10.244.1.3')), []);
  assert.deepEqual(said(look(ipvs, '10.96.0.10', '10.244.1.3')), [], 'each of its questions came from another port');
  const fewer = (text: string, gone: string): string => { let n = 0; return text.split('\n').filter(line => !line.includes(gone) || ++n <= 2).join('\n'); };
  const kept = nodeFlows(reading({conntrack: listed(fewer(fixture('tool-ipvs'), ' src=10.244.1.2 '), 7), ip_vs_conn: section(fewer(fixture('ip_vs_conn'), '0AF40102'))}));
  const {findings} = look(kept, '10.96.0.10', '10.244.1.3');
  assert.match(messageOf(findings[0] as Finding), /10\.244\.1\.2, which is no endpoint any more \(conntrack and ip_vs\)/);
  assert.ok(remedyOf(findings[0] as Finding).some(line => line.includes('expire_nodest_conn')));
});

test('what was not listed is said: as skipped, since the answers that were heard count for more', () => {
  const why = (answer: Answer<NodeFlows>): readonly string[] => { const {unknown: untold = [], skipped} = look(answer, '10.96.0.11', '10.99.0.2'); return [...untold.map(each => each.unknown.detail), ...(skipped === undefined ? [] : [skipped.replace('could not be read: ', '')])]; };
  assert.deepEqual(why(nodeFlows(reading({conntrack: section('count 3\nconntrack ipv4\nconntrack ipv6\n', 'conntrack v1.4.7 (conntrack-tools): Operation failed: Operation not permitted\n')}))), ['connection tracking on node1: conntrack did not list all: conntrack v1.4.7 (conntrack-tools): Operation failed: Operation not permitted']);
  assert.deepEqual(why(nodeFlows(reading({conntrack: section('', 'neither a conntrack tool nor /proc/net/nf_conntrack is there\n', 127)}))), ['connection tracking on node1: neither a conntrack tool nor /proc/net/nf_conntrack is there']);
  assert.deepEqual(why(nodeFlows(reading({conntrack: section('', 'the kernel tracks no connections\n')}))), [], 'there is nothing to remember');
  assert.deepEqual(why(nodeFlows({node: 'node1', via: 'debug-pod', sections: {}})), ['what node1 remembers of connections was not recorded']);
  assert.match(why(nodeFlows(reading({conntrack: section(table), ip_vs_conn: section('', 'grep: Permission denied\n', 2)})))[0] ?? '', /ip_vs's connections on node1 were not understood: grep: Permission denied/);
  assert.deepEqual(why(unknown('forbidden', 'no')), ['no']);
});

test('a full table', () => {
  const at = (count: number): Result => look(nodeFlows(reading({conntrack: section(table), sysctl: section(`net/netfilter/nf_conntrack_count = ${count}\nnet/netfilter/nf_conntrack_max = 262144\n`)})), '10.96.0.11', '10.99.0.2');
  assert.deepEqual(said(at(131_072)), []);
  assert.match(said(at(262_144))[0] ?? '', /^node1 tracks 262144 of 262144 connections \(100 %\)/);
});

test('nothing to ask, or nobody', () => {
  assert.ok(conntrackCurrent.run({dnsService: null, slices: [], conntrack: new Map()}).skipped);
  assert.ok(conntrackCurrent.run({dnsService: service('10.96.0.10'), slices: [], conntrack: new Map()}).skipped);
});
