import {type Answer, isKnown, type Unknown} from '../../cluster/answer.ts';
import type {PlaceReading} from '../../cluster/cluster.ts';
import {parseResolvConf, type ResolvConf} from '../../parse/resolv-conf.ts';
import {type Expansion, expand} from '../resolver/expand.ts';
import {expectedResolvConf, type ExpectedResolvConf, type KubeletDns} from '../resolver/expected.ts';
import type {Libc} from '../resolver/libc.ts';
import {readName} from '../resolver/name.ts';
import {settingsOf} from '../resolver/settings.ts';
import {type KnownLibc, libcsOf} from './pod-libc.ts';
import type {DnsPlace} from './place.ts';

/** How names are resolved at one place. */
export interface Resolver {
  readonly at: DnsPlace;
  /** `read`: as a process there sees it; `expected`: as the kubelet should have written it; `none`: neither is known. */
  readonly source: 'read' | 'expected' | 'none';
  /** Of a pod its resolv.conf; of a node what its kubelet gives to pods of dnsPolicy ClusterFirst. */
  readonly conf: ResolvConf;
  readonly text: string;
  /** Who asks there; the first is what its programs use. */
  readonly libcs: readonly KnownLibc[];
  /** One for each name that is looked up and each of `libcs`. */
  readonly expansions: readonly Expansion[];
  /** Those that are asked, within the limits of the first of `libcs`. */
  readonly nameservers: readonly string[];
  /** All that the expansions may ask, each once. */
  readonly queries: readonly {readonly name: string; readonly type: string}[];
  /** Search domains that are none of the cluster's. */
  readonly strays: readonly string[];
  /** Of the node; null: not known. */
  readonly kubelet: KubeletDns | null;
  /** The node's own resolv.conf that its kubelet hands down; null: not known. */
  readonly nodeConf: string | null;
  /** The nameservers in it. */
  readonly nodeNameservers: readonly string[];
  readonly expected: ExpectedResolvConf | null;
  /** Addresses that /etc/hosts has for the names that are looked up: no DNS is asked then. */
  readonly hosts: Readonly<Record<string, string>>;
  /** Why it could not be read, if so. */
  readonly lacking: Unknown | null;
}

export interface Wanted {
  /** As typed. */
  readonly names: readonly string[];
  readonly types: readonly string[];
  /** Of a client that is a node: the namespace of the pods that it stands for. */
  readonly namespace: string;
}

/** From what was read at the place, and at its node. Pure. */
export function resolverOf(at: DnsPlace, own: Answer<PlaceReading>, node: Answer<PlaceReading>, wanted: Wanted, kubeletVersion: string | null): Resolver {
  const kubelet = isKnown(node) ? kubeletOf(node.known, kubeletVersion) : null;
  const nodeConf = isKnown(node) ? nodeConfOf(node.known, kubelet) : null;
  const spec = at.pod === null ? {namespace: wanted.namespace} : {namespace: at.pod.metadata.namespace ?? '', dnsPolicy: at.pod.spec.dnsPolicy, hostNetwork: at.pod.spec.hostNetwork, dnsConfig: at.pod.spec.dnsConfig};
  const expected = kubelet === null ? null : expectedResolvConf(spec, kubelet, nodeConf);
  const section = isKnown(own) ? own.known.sections[at.pod === null ? 'cluster-first-resolv-conf' : 'resolv-conf'] : undefined;
  const read = section?.exit === 0 ? section.stdout : null;
  const text = read === null ? expected?.text ?? '' : at.pod === null ? standingFor(read, wanted.namespace) : read;
  const source = read !== null ? 'read' : expected !== null ? 'expected' : 'none';
  const conf = parseResolvConf(text);
  const libcs = libcsOf(at.pod === null || !isKnown(own) ? null : own.known);
  const expansions = source === 'none' ? [] : libcs.flatMap(({libc}) => expansionsOf(libc, conf, wanted));
  const queries = new Map(expansions.flatMap(({candidates}) => candidates).filter(({unsendable}) => unsendable === null).flatMap(({name, types}) => types.map(type => [`${type} ${name}`, {name, type}] as const)));
  const [first] = libcs;
  return {
    at, source, conf, text, libcs, expansions, queries: [...queries.values()], kubelet, nodeConf, expected, nodeNameservers: nodeConf === null ? [] : parseResolvConf(nodeConf).nameservers,
    nameservers: source === 'none' || first === undefined ? [] : settingsOf(first.libc, conf).nameservers,
    strays: strayDomains(conf.search), hosts: isKnown(own) && at.pod !== null ? hostsOf(own.known, wanted.names) : {},
    lacking: isKnown(own) ? (read === null ? {why: 'absent', detail: `its resolv.conf could not be read${section === undefined || section.stderr === '' ? '' : `: ${section.stderr.trim()}`}`} : null) : own.unknown,
  };
}

function expansionsOf(libc: Libc, conf: ResolvConf, {names, types}: Wanted): Expansion[] {
  return names.flatMap(text => {
    const name = readName(text);
    return 'fault' in name ? [] : [expand(libc, conf, {name, types})];
  });
}

/** The debug pod's own search list begins with its own namespace: a pod of another one has that instead. */
function standingFor(text: string, namespace: string): string {
  return text.replace(/^(search[ \t]+)[a-z0-9-]+(\.svc\.)/m, `$1${namespace}$2`);
}

/** `cluster.local` of `svc.cluster.local`. */
export function domainOf(search: readonly string[]): string | null {
  const [, domain] = search.map(each => /^svc\.(.+?)\.?$/.exec(each)).find(match => match !== null) ?? [];
  return domain ?? null;
}

function strayDomains(search: readonly string[]): string[] {
  const domain = domainOf(search);
  return search.map(each => each.replace(/\.$/, '')).filter(each => each !== '' && (domain === null || (each !== domain && !each.endsWith(`.${domain}`))));
}

/** Its flags go before its file. Null: no kubelet of its own process, or it was not told. */
function kubeletOf({sections}: PlaceReading, version: string | null): KubeletDns | null {
  const section = sections['kubelet'];
  if (section === undefined || section.exit !== 0) return null;
  const lines = section.stdout.split('\n');
  const flag = (name: string): string | undefined => lines.map(line => new RegExp(`^--${name}=(.*)$`).exec(line)?.[1]).findLast(value => value !== undefined);
  const plain = (text: string): string => text.trim().replace(/^["']|["']$/g, '');
  const field = (name: string): string | undefined => lines.map(line => new RegExp(`^${name}:(.*)$`).exec(line)?.[1]).map(value => (value === undefined ? undefined : plain(value))).find(value => value !== undefined);
  const inline = field('clusterDNS')?.replace(/^\[|\]$/g, '');
  const listed = lines.flatMap(line => { const item = /^\s*-\s+(?!-)(.*)$/.exec(line)?.[1]; return item === undefined ? [] : [plain(item)]; });
  const addresses = flag('cluster-dns')?.split(',') ?? (inline === undefined ? [] : inline === '' ? listed : inline.split(',').map(plain));
  return {clusterDNS: addresses.map(each => each.trim()).filter(each => each !== ''), clusterDomain: flag('cluster-domain') ?? field('clusterDomain') ?? '', resolvConf: flag('resolv-conf') ?? field('resolvConf') ?? '/etc/resolv.conf', version};
}

/** Of the two files that are read; another one that the kubelet may name is not known. */
function nodeConfOf({sections}: PlaceReading, kubelet: KubeletDns | null): string | null {
  const files: Readonly<Record<string, string>> = {'/etc/resolv.conf': 'resolv-conf', '/run/systemd/resolve/resolv.conf': 'systemd-resolv-conf'};
  const section = sections[files[kubelet?.resolvConf ?? '/etc/resolv.conf'] ?? ''];
  return section?.exit === 0 ? section.stdout : null;
}

function hostsOf({sections}: PlaceReading, names: readonly string[]): Record<string, string> {
  const lines = (sections['hosts']?.stdout ?? '').split('\n').map(line => line.replace(/#.*/, '').trim().split(/\s+/));
  return Object.fromEntries(names.flatMap(name => {
    const line = lines.find(([, ...aliases]) => aliases.includes(name.replace(/\.$/, '')));
    return line?.[0] === undefined ? [] : [[name, line[0]] as const];
  }));
}
