import {type Family, plans, ports} from './addresses.ts';
import {drawIptables, type Wishes} from './draw-iptables.ts';
import {drawNft} from './draw-nft.ts';
import type {Kind} from './expect.ts';
import type {Random} from './random.ts';
import {shapeIptables} from './shape-iptables.ts';
import {shapeNft} from './shape-nft.ts';

export interface RuleSet {
  readonly name: string;
  readonly wishes: Wishes;
  /** Which tool gets which text; what is not here is empty. */
  readonly texts: {readonly [tool in Tool]?: string};
}

export type Tool = 'iptables-legacy-restore' | 'ip6tables-legacy-restore' | 'iptables-nft-restore' | 'ip6tables-nft-restore' | 'nft';

const families: readonly Family[] = [4, 6];
const restore = (family: Family, backend: 'nft' | 'legacy'): Tool => `ip${family === 6 ? '6' : ''}tables-${backend}-restore`;

/** The writers of a drawn node: kube-proxy in one of its modes, firewalls of either kind, or several of these at once. */
export function drawRuleSet(random: Random, number: number): RuleSet {
  const wishes = {interfaces: random.maybe(0.08), counted: random.maybe(0.1), affinity: random.maybe(0.15)};
  const texts: Partial<Record<Tool, string>> = {};
  const both = (backend: 'nft' | 'legacy', text: (family: Family) => string): void => { for (const family of families) texts[restore(family, backend)] = text(family); };
  const name = random.draw(['iptables-nft', 'iptables-nft', 'iptables-legacy', 'iptables-legacy', 'nft', 'nft', 'nft', 'kube iptables-nft', 'kube iptables-legacy', 'kube nft', 'kube iptables-nft, nft', 'kube nft, iptables-nft', 'iptables-legacy, iptables-nft', 'iptables-nft, nft', 'kube iptables-legacy, iptables-nft']);
  for (const writer of name.split(', ')) {
    switch (writer) {
      case 'iptables-nft': both('nft', family => drawIptables(random, family, wishes, number)); break;
      case 'iptables-legacy': both('legacy', family => drawIptables(random, family, wishes, number)); break;
      case 'nft': texts.nft = (texts.nft ?? '') + drawNft(random, wishes); break;
      case 'kube iptables-nft': both('nft', family => shapeIptables(random, family, wishes.affinity, number)); break;
      case 'kube iptables-legacy': both('legacy', family => shapeIptables(random, family, wishes.affinity, number)); break;
      case 'kube nft': texts.nft = (texts.nft ?? '') + families.map(family => shapeNft(random, family, wishes.affinity)).join(''); break;
    }
  }
  return {name, wishes, texts};
}

/** A client that comes back is known to `recent` and to affinity sets: then everybody comes once. */
export function drawKinds(random: Random, {wishes}: RuleSet, count: number): Kind[] {
  const kinds = Array.from({length: wishes.affinity ? Math.ceil(count / 4) : count}, () => drawKind(random));
  if (!wishes.affinity) return kinds;
  let n = 0;
  return kinds.filter(({from}) => from !== 'host').flatMap(kind => Array.from({length: 6}, () => ({...kind, source: plans[kind.family].clients[kind.from === 'pod' ? 'pod' : 'out'](++n)})));
}

function drawKind(random: Random): Kind {
  const family: Family = random.maybe(0.6) ? 4 : 6;
  const plan = plans[family];
  const from = random.draw(['pod', 'pod', 'outside', 'outside', 'host'] as const);
  const destination = random.draw(random.maybe(0.6) ? plan.vips : [...plan.endpoints, ...plan.own, ...(from === 'outside' ? [] : plan.elsewhere)]);
  // a process that connects to one of its own addresses has that for its source
  const source = from === 'host' ? (plan.own.includes(destination) ? destination : plan.own[0] ?? '') : plan.clients[from === 'pod' ? 'pod' : 'out'](random.between(1, 600));
  return {family, from, protocol: random.draw(['tcp', 'udp']), source, destination, port: random.draw(ports)};
}

/** The script that makes these rules the node's only ones. Legacy tables, once there, stay: they are emptied. */
export function installing({texts}: RuleSet, hadLegacy: boolean): string {
  const empty = (table: string): string => ({raw: '*raw\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n', mangle: '*mangle\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\nCOMMIT\n', nat: '*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\nCOMMIT\n', filter: '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n'}[table] ?? '');
  const here = (command: string, text: string): string => `${command} <<'KDK_END'\n${text.trimEnd()}\nKDK_END\n`;
  const lines = ['set -e', 'nft flush ruleset'];
  for (const family of families) {
    const legacy = texts[restore(family, 'legacy')];
    if (legacy !== undefined || hadLegacy) lines.push(here(restore(family, 'legacy'), ['raw', 'mangle', 'nat', 'filter'].map(table => (legacy?.includes(`*${table}\n`) ? '' : empty(table))).join('') + (legacy ?? '')));
    const nft = texts[restore(family, 'nft')];
    if (nft !== undefined) lines.push(here(restore(family, 'nft'), nft));
  }
  if (texts.nft !== undefined) lines.push(here('nft -f -', texts.nft));
  return lines.join('\n');
}
