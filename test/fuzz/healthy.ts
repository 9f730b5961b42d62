import {readFileSync} from 'node:fs';
import {isKnown} from '../../src/cluster/answer.ts';
import type {Section} from '../../src/cluster/cluster.ts';
import type {EndpointSlice, Node, Service, ServicePort} from '../../src/cluster/objects.ts';
import {compareNode} from '../../src/facts/comparisons.ts';
import type {Comparison} from '../../src/model/comparison.ts';
import {nodeRules} from '../../src/model/node-rules.ts';
import {type Way, waysIn} from '../../src/model/ways.ts';
import {loads as iptablesLoads} from './second/iptables.ts';
import {jsonLoads} from './second/nft-json.ts';
import {textLoads} from './second/nft.ts';

/** Where a second evaluation, which knows nothing of kdiag's, finds that connections land: `ADDRESS:PORT` → share. Null: it met something odd. */
export type Loads = ReadonlyMap<string, number> | null;

export interface Asked {
  readonly address: string;
  readonly port: number;
  readonly from: 'pod' | 'host';
  readonly source: string;
}

/** A node on which all is well, the text that is to be damaged, and what should come of it. */
export interface Healthy {
  readonly name: string;
  /** The section that is damaged. */
  readonly section: string;
  readonly text: string;
  readonly endpoints: readonly string[];
  readonly ways: readonly Way[];
  readonly second: (text: string, asked: Asked) => Loads;
  /** What kdiag says when the section holds this text; null: that it cannot tell. */
  readonly judge: (text: string) => readonly Comparison[] | null;
}

const fixture = (name: string): string => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8');
const section = (stdout: string): Section => ({command: '', stdout, stderr: '', exit: 0});
const local = (...addresses: readonly string[]): string => `Main:\n${['127.0.0.1', ...addresses].map(address => `           |-- ${address}\n              /32 host LOCAL\n`).join('')}`;
const empty = '*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\nCOMMIT\n';

function healthy(name: string, damaged: string, sections: Readonly<Record<string, string>>, node: {readonly ip: string; readonly pods: string}, clusterIP: string, endpoints: readonly string[], second: Healthy['second']): Healthy {
  const port: ServicePort = {name: 'default', port: 80, protocol: 'TCP'};
  const service: Service = {metadata: {name: 'hostnames', namespace: 'default'}, spec: {type: 'ClusterIP', clusterIP, clusterIPs: [clusterIP], ports: [port]}};
  const slice: EndpointSlice = {metadata: {name: 'hostnames-1', namespace: 'default'}, addressType: 'IPv4', ports: [{name: 'default', port: Number(endpoints[0]?.split(':')[1]), protocol: 'TCP'}], endpoints: endpoints.map(to => ({addresses: [to.split(':')[0] ?? ''], conditions: {ready: true}}))};
  const where: Node = {metadata: {name: 'node1'}, spec: {podCIDR: node.pods}, status: {addresses: [{type: 'InternalIP', address: node.ip}]}};
  const ways = waysIn(service, [port], [slice], where, null);
  const all = {'iptables-nft-save': empty, 'ip6tables-nft-save': empty, 'ip_tables_names': '', 'ip6_tables_names': '', 'nft-tables': '', fib_trie: local(node.ip), 'ip_vs': '', sysctl: 'net/ipv4/ip_forward = 1\n', ...sections};
  return {
    name, section: damaged, text: all[damaged as keyof typeof all] ?? '', endpoints, ways, second,
    judge: text => {
      const rules = nodeRules({node: 'node1', via: 'debug-pod', sections: Object.fromEntries(Object.entries({...all, [damaged]: text}).map(([key, stdout]) => [key, section(stdout)]))});
      if (!isKnown(rules)) return null;
      const told = compareNode(rules.known, null, ways);
      return isKnown(told) ? told.known : null;
    },
  };
}

const own = (text: string): string => text.slice(text.indexOf('table ip kube-proxy'), text.indexOf('# Warning'));
const ownJson = (text: string): string => JSON.stringify({nftables: (JSON.parse(text) as {nftables: Record<string, {table?: string; name?: string}>[]}).nftables.filter(object => Object.values(object).some(({table, name}) => table === 'kube-proxy' || name === 'kube-proxy'))});
const node1 = {ip: '172.30.0.11', pods: '10.244.1.0/24'};
const three = ['10.244.1.3:9376', '10.244.1.4:9376', '10.244.2.3:9376'];
const tables = 'table ip kube-proxy\ntable ip6 kube-proxy\n';

export const healthyNodes: readonly Healthy[] = [
  healthy('iptables-nft', 'iptables-nft-save', {'iptables-nft-save': fixture('iptables/kube-proxy-iptables-nft.txt')}, node1, '10.103.221.163', three, iptablesLoads),
  healthy('nft, JSON', 'nft-json', {'nft-tables': tables, 'nft-json': ownJson(fixture('nft/both/kube-proxy.json'))}, node1, '10.102.250.163', three, jsonLoads),
  healthy('nft, plain', 'nft-text', {'nft-tables': tables, 'nft-text': own(fixture('nft/both/kube-proxy.txt'))}, node1, '10.102.250.163', three, textLoads),
];
