import {type ResolvConf, parseResolvConf, writeResolvConf} from '../../parse/resolv-conf.ts';

/** Of a pod's spec, as far as its resolv.conf depends on it. */
export interface DnsSpec {
  readonly namespace: string;
  /** Absent: ClusterFirst, the API server's default. */
  readonly dnsPolicy?: string | undefined;
  readonly hostNetwork?: boolean | undefined;
  readonly dnsConfig?: {
    readonly nameservers?: readonly string[];
    readonly searches?: readonly string[];
    readonly options?: readonly {readonly name?: string; readonly value?: string | null}[];
  } | undefined;
}

/** Of a kubelet's configuration (`configz`). */
export interface KubeletDns {
  readonly clusterDNS: readonly string[];
  /** Empty: none. */
  readonly clusterDomain: string;
  /** Path of the node's file (`resolvConf`); empty: the kubelet was told to use none. */
  readonly resolvConf: string;
  /** `v1.36.3`; null: not known, taken for a recent one. */
  readonly version: string | null;
}

/** What a kubelet writes for a pod. */
export interface ExpectedResolvConf {
  readonly conf: ResolvConf;
  readonly text: string;
  /** The policy in effect. */
  readonly policy: 'ClusterFirst' | 'Default' | 'None';
  /** Why it is not the one that the pod asks for. */
  readonly instead: 'host-network' | 'no-cluster-dns' | 'unknown-policy' | null;
  readonly cut: readonly {readonly what: 'nameservers' | 'search-domains' | 'search-characters' | 'search-domain-length'; readonly limit: number; readonly values: readonly string[]}[];
}

/** MaxDNSNameservers, MaxDNSSearchPaths and MaxDNSSearchListChars of pkg/apis/core/validation, DNS1123SubdomainMaxLength. */
const limits = {nameservers: 3, searches: 32, characters: 2048, legacySearches: 6, legacyCharacters: 256, domain: 253} as const;

/**
 * Follows GetPodDNS of Kubernetes' pkg/kubelet/network/dns/dns.go. `node` is the text of the node's own file; null: it is not known,
 * and what comes from it is missing. Null: the kubelet could not read that file as it stands (a nameserver line without an
 * address), and starts no pod. A kubelet puts options in no fixed order; here each stands where its name stood first.
 * Not told apart: a node with IPv6 addresses only whose kubelet uses no file (it would write ::1); the expanded limits could be switched on from 1.22, or off from 1.26, until they were fixed in 1.28.
 */
export function expectedResolvConf(pod: DnsSpec, kubelet: KubeletDns, node: string | null): ExpectedResolvConf | null {
  const host = hostConfig(kubelet.resolvConf === '' ? '' : node ?? '');
  if (host === null) return null;
  const {policy, instead} = policyOf(pod, kubelet);
  const base = {
    None: {nameservers: [], searches: [], options: []},
    ClusterFirst: {nameservers: kubelet.clusterDNS, searches: kubelet.clusterDomain === '' ? host.searches : unique([`${pod.namespace}.svc.${kubelet.clusterDomain}`, `svc.${kubelet.clusterDomain}`, kubelet.clusterDomain, ...host.searches]), options: ['ndots:5']},
    Default: kubelet.resolvConf === '' ? {nameservers: ['127.0.0.1'], searches: ['.'], options: []} : host,
  }[policy];
  const own = pod.dnsConfig;
  const merged = own === undefined ? base : {
    nameservers: unique([...base.nameservers, ...own.nameservers ?? []]), searches: unique([...base.searches, ...own.searches ?? []]),
    options: mergeOptions([...base.options, ...(own.options ?? []).map(({name = '', value}) => (value === undefined || value === null || value === '' ? name : `${name}:${value}`))]),
  };
  const search = fitting(merged.searches, kubelet.version);
  const more = merged.nameservers.slice(limits.nameservers);
  const text = writeResolvConf({search: search.kept, nameservers: merged.nameservers.slice(0, limits.nameservers), options: merged.options});
  return {conf: parseResolvConf(text), text, policy, instead, cut: [...(more.length === 0 ? [] : [{what: 'nameservers' as const, limit: limits.nameservers, values: more}]), ...search.cut]};
}

/** getPodDNSType, and the fall back of GetPodDNS to the node's settings. */
function policyOf({dnsPolicy = 'ClusterFirst', hostNetwork = false}: DnsSpec, {clusterDNS}: KubeletDns): Pick<ExpectedResolvConf, 'policy' | 'instead'> {
  if (dnsPolicy === 'None' || dnsPolicy === 'Default') return {policy: dnsPolicy, instead: null};
  if (dnsPolicy === 'ClusterFirst' && hostNetwork) return {policy: 'Default', instead: 'host-network'};
  if (clusterDNS.length === 0) return {policy: 'Default', instead: 'no-cluster-dns'};
  return {policy: 'ClusterFirst', instead: dnsPolicy === 'ClusterFirst' || dnsPolicy === 'ClusterFirstWithHostNet' ? null : 'unknown-policy'};
}

/** parseResolvConf there: the last `search` line, without final dots and a lone dot; `domain` and `;` mean nothing; options of all lines. */
function hostConfig(text: string): {readonly nameservers: readonly string[]; readonly searches: readonly string[]; readonly options: readonly string[]} | null {
  const lines = text.split('\n').map(line => line.trim()).filter(line => line !== '' && !line.startsWith('#')).map(line => line.split(/\s+/));
  const of = (keyword: string): string[][] => lines.filter(([first]) => first === keyword).map(words => words.slice(1));
  if (of('nameserver').some(words => words.length === 0)) return null;
  return {
    nameservers: of('nameserver').map(([address = '']) => address),
    searches: (of('search').at(-1) ?? []).filter(domain => domain !== '.').map(domain => domain.replace(/\.$/, '')),
    options: mergeOptions(of('options').flat()),
  };
}

/** Of two options with one name the later one counts. */
function mergeOptions(options: readonly string[]): string[] {
  return [...new Map(options.map(option => [option.split(':')[0]!, option])).values()];
}

/** formDNSSearchFitsLimits: first their number, then domains that are too long, then the whole list's characters, from its end. */
function fitting(all: readonly string[], version: string | null): {readonly kept: readonly string[]; readonly cut: ExpectedResolvConf['cut']} {
  const [, minor = '99'] = /^v?1\.(\d+)/.exec(version ?? '') ?? [];
  const legacy = Number(minor) < 28;
  const [most, characters] = legacy ? [limits.legacySearches, limits.legacyCharacters] : [limits.searches, limits.characters];
  const few = all.slice(0, most);
  const short = few.filter(domain => domain.length <= limits.domain);
  let kept = short;
  while (kept.join(' ').length > characters) kept = kept.slice(0, -1);
  const cut = [
    {what: 'search-domains', limit: most, values: all.slice(most)} as const,
    {what: 'search-domain-length', limit: limits.domain, values: few.filter(domain => domain.length > limits.domain)} as const,
    {what: 'search-characters', limit: characters, values: short.slice(kept.length)} as const,
  ].filter(({values}) => values.length > 0);
  return {kept, cut};
}

function unique(all: readonly string[]): string[] {
  return [...new Set(all)];
}
