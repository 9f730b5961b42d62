/**
 * What may stand behind an option, by what iptables-save prints (iptables-extensions(8)). An option whose value is of another form
 * is not understood, and says so: it is never taken for one that matches, or does not. Options that are not here are judged where
 * their value is needed.
 */
const mark = /^(0x[0-9a-f]{1,8}|\d{1,10})(\/(0x[0-9a-f]{1,8}|\d{1,10}))?$/i;
const states = /^(NEW|ESTABLISHED|RELATED|INVALID|UNTRACKED|SNAT|DNAT)(,(NEW|ESTABLISHED|RELATED|INVALID|UNTRACKED|SNAT|DNAT))*$/;
const share = /^(0|1|0?\.\d{1,18}|0\.0*|1\.0*)$/;
const types = /^(UNSPEC|UNICAST|LOCAL|BROADCAST|ANYCAST|MULTICAST|BLACKHOLE|UNREACHABLE|PROHIBIT|THROW|NAT|XRESOLVE)(,[A-Z]+)*$/;
/** Modules that ask nothing by themselves: what they ask stands in options. Others (socket, rpfilter, cluster) match on their own. */
const modules = /^(addrtype|ah|bpf|cgroup|comment|connbytes|connlabel|connlimit|connmark|conntrack|cpu|dccp|devgroup|dscp|dst|ecn|esp|frag|hashlimit|hbh|helper|hl|icmp|icmp6|iprange|ipv6header|ipvs|length|limit|mac|mark|mh|multiport|nfacct|osf|owner|physdev|pkttype|policy|quota|realm|recent|rt|sctp|set|state|statistic|string|tcp|tcpmss|time|tos|ttl|u32|udp|udplite)$/;

const forms: ReadonlyMap<string, RegExp> = new Map<string, RegExp>([
  ['match', modules], ['probability', share], ['mode', /^(random|nth)$/], ['every', /^[1-9]\d{0,9}$/], ['packet', /^\d{1,10}$/],
  ['mark', mark], ['set-xmark', mark], ['set-mark', mark], ['or-mark', mark], ['and-mark', mark], ['xor-mark', mark], ['nfmask', mark], ['ctmask', mark],
  ['ctstate', states], ['state', states], ['dst-type', types], ['src-type', types],
  ['protocol', /^[a-z0-9-]{1,20}$/],
]);

/** Whether these are as many values as the option has, of the form that they have. */
export function areValuesOf(option: string, values: readonly string[], count: number): boolean {
  const form = forms.get(option);
  return values.length === count && (form === undefined || form.test(values[0] ?? ''));
}
