// Puts into case files, where the line "  #rules" stands, the changes that make the healthy world's rules those that kube-proxy
// writes for the case's objects.
import {readFileSync, writeFileSync} from 'node:fs';
import {parse} from 'yaml';
import type {Node, Service} from '../../src/cluster/objects.ts';
import type {Recording} from '../../src/cluster/recording/recording.ts';
import {type Resource} from '../../src/cluster/resources.ts';
import {type Change, recordingOf} from '../cases/world.ts';
import {KubeProxy} from './kube-proxy.ts';

type Chains = ReadonlyMap<string, readonly string[]>;

const mark = '\n  #rules';
const healthy = recordingOf([]);
/** Chains that all Services share: rules are added and taken away one by one. Others are written anew as a whole. */
const shared = /^KUBE-(SERVICES|NODEPORTS|EXTERNAL-SERVICES|PROXY-FIREWALL)$/;
const ofOneService = /^KUBE-(SVC|SVL|SEP|EXT|FW)-/;
/** New rules go before these: the order of chains in a dump means nothing. */
const anchors = {nat: 'kubernetes service nodeports; NOTE', filter: '-A KUBE-FORWARD -m conntrack --ctstate INVALID'} as const;

const proxy = new KubeProxy();
for (const file of process.argv.slice(2)) {
  const text = readFileSync(file, 'utf8');
  if (text.includes(mark)) writeFileSync(file, text.replace(mark, `\n${(await changesFor(text)).join('\n')}`));
}
proxy.end();

async function changesFor(text: string): Promise<string[]> {
  const {change = []} = parse(text) as {change?: readonly Change[]};
  const world = recordingOf(change.filter(each => 'set' in each || 'remove' in each || 'add' in each));
  const nodes = objects<Node>(world, 'nodes');
  const services = objects<Service>(world, 'services').filter(({metadata}) => metadata.labels?.['service.kubernetes.io/service-proxy-name'] === undefined);
  const byChange = new Map<string, string[]>();
  for (const {metadata: {name, labels = {}}, status} of nodes) {
    const rules = await proxy.rules({node: {name, ip: status?.addresses?.[0]?.address ?? '', labels, clusterCIDRs: ['10.244.0.0/16', 'fd00:10:244::/48']}, services, slices: objects(world, 'endpointslices')});
    for (const [section, now] of Object.entries(rules)) {
      for (const table of ['filter', 'nat'] as const) {
        for (const each of difference(section, table, chainsOf(dumpOf(name, section), table), chainsOf(now, table))) byChange.set(each, [...(byChange.get(each) ?? []), name]);
      }
    }
  }
  return [...byChange].flatMap(([each, names]) => (names.length === nodes.length ? ["'*'"] : names).map(name => each.replace('NODE', name)));
}

function difference(section: string, table: 'nat' | 'filter', before: Chains, now: Chains): string[] {
  const gone: string[] = [];
  const declared: string[] = [];
  const added: string[] = [];
  for (const chain of new Set([...before.keys(), ...now.keys()])) {
    if (!shared.test(chain) && !ofOneService.test(chain)) continue;
    const [old, fresh] = [before.get(chain), now.get(chain)];
    if (fresh === undefined) gone.push(chain);
    else if (shared.test(chain)) {
      gone.push(...(old ?? []).filter(line => !fresh.includes(line)));
      added.push(...fresh.filter(line => old?.includes(line) !== true));
    } else if (old?.join() !== fresh.join()) {
      if (old === undefined) declared.push(`:${chain} - [0:0]`);
      else gone.push(`-A ${chain} `);
      added.push(...fresh);
    }
  }
  const where = section === 'iptables-nft-save' ? '' : `section: ${section}, `;
  const chains = gone.filter(text => ofOneService.test(text)); // with a chain go the rules that name it
  return [
    ...gone.filter(text => chains.includes(text) || !chains.some(chain => text.includes(chain))).map(text => `  - {node: NODE, ${where}delete: '${text.replaceAll("'", "''")}'}`),
    ...(added.length === 0 ? [] : [`  - node: NODE\n${where === '' ? '' : `    section: ${section}\n`}    insert: |-\n${[...declared, ...added].map(line => `      ${line}`).join('\n')}\n    before: '${anchors[table]}'`]),
  ];
}

function chainsOf(dump: string, table: string): Chains {
  const lines = (dump.split(/^(?=\*)/m).find(part => part.startsWith(`*${table}\n`)) ?? '').split('\n');
  const rules = Map.groupBy(lines.filter(line => line.startsWith('-A ')), line => line.split(' ')[1] ?? '');
  return new Map(lines.filter(line => line.startsWith(':')).map(line => line.slice(1).split(' ')[0] ?? '').map(name => [name, rules.get(name) ?? []]));
}

function dumpOf(node: string, section: string): string {
  const exchange = healthy.exchanges.find(each => each.ask === 'node' && each.node === node);
  return exchange?.ask === 'node' && 'known' in exchange.answer ? (exchange.answer.known.sections[section]?.stdout ?? '') : '';
}

function objects<T>(recording: Recording, resource: Resource): readonly T[] {
  const exchange = recording.exchanges.find(each => each.ask === 'list' && each.query.resource === resource);
  return exchange?.ask === 'list' && 'known' in exchange.answer ? (exchange.answer.known as unknown as readonly T[]) : [];
}
