import type {NodeReading} from './cluster.ts';
import type {Answer} from './answer.ts';
import {framedScript, parseFrames} from './frames.ts';

/** So many of a node's DNS flows are listed at most; a listing says so, and where it is as long as that, it may lack some. */
const mostFlows = 50_000;

/** Section name → the shell command that fills it. Read-only, and needs no tool beyond sh and cat where /proc can tell. */
const commands: Readonly<Record<string, string>> = {
  tools: 'for t in iptables-nft-save ip6tables-nft-save iptables-legacy-save ip6tables-legacy-save iptables-save nft ipset ipvsadm conntrack ip; do command -v $t; done; true',
  kernel: 'cat /proc/sys/kernel/osrelease',
  'ip_tables_names': 'cat /proc/net/ip_tables_names',
  'ip6_tables_names': 'cat /proc/net/ip6_tables_names',
  'iptables-nft-save': 'bounded iptables-nft-save',
  'ip6tables-nft-save': 'bounded ip6tables-nft-save',
  // Calling the legacy tool for a table that is not there would create it (an empty table stays until the network namespace dies):
  // only the tables that the kernel names are read.
  'iptables-legacy-save': 'rc=0; for t in $(cat /proc/net/ip_tables_names); do bounded iptables-legacy-save -t $t || rc=$?; done; (exit $rc)',
  'ip6tables-legacy-save': 'rc=0; for t in $(cat /proc/net/ip6_tables_names); do bounded ip6tables-legacy-save -t $t || rc=$?; done; (exit $rc)',
  'nft-tables': 'tables',
  // Every table but those that iptables-nft-save has already told, one JSON document a line. nft needs up to 60 times a table's
  // size in memory to print it.
  'nft-json': 'tables > /dev/null || exit $?; tables | while read -r _ f n; do case "$f $n" in "ip "*|"ip6 "*) case $n in raw|mangle|nat|filter|security) continue;; esac;; esac; bounded nft -j list table $f "$n" || exit; done',
  // Only where nft cannot tell it in JSON: built without it, or one that prints whatever is in memory as a table's flags (1.0.x).
  'nft-text': 'tables > /dev/null || exit $?; p=$(ulimit -t 5; nft -j list tables 2>/dev/null); [ $? -lt 128 ] || exit 0; case "$p" in *\\"flags\\"*) ;; *"]}") exit 0;; esac; tables | while read -r _ f n; do case "$f $n" in "ip "*|"ip6 "*) case $n in raw|mangle|nat|filter|security) continue;; esac;; esac; bounded nft list table $f "$n" || exit; done',
  'ip_vs': 'cat /proc/net/ip_vs',
  modules: 'while read -r m rest; do case $m in ip_vs*) echo "$m";; esac; done < /proc/modules',
  // ipset asks the kernel for its module, which would load it: only where it is there already. Sizes come first, as all members are held in memory.
  ipset: '[ -d /sys/module/ip_set ] || { echo "the kernel has no ip_set" >&2; exit 0; }; n=$(ipset list -t | { n=0; while read -r a b c d; do if [ "$a $b $c" = "Number of entries:" ]; then n=$((n + d)); fi; done; echo $n; }); [ "$n" -lt 1000000 ] || { echo "the sets have $n members: too many to read" >&2; exit 1; }; bounded ipset save',
  // Whether the device is there needs no tool; its addresses are among those of fib_trie as well.
  'kube-ipvs0': '[ -d /proc/sys/net/ipv4/conf/kube-ipvs0 ] || { echo "there is no kube-ipvs0" >&2; exit 0; }; echo kube-ipvs0; if command -v ip > /dev/null; then ip -o addr show dev kube-ipvs0; fi',
  sysctl: 'for f in net/ipv4/ip_forward net/ipv6/conf/all/forwarding net/bridge/bridge-nf-call-iptables net/bridge/bridge-nf-call-ip6tables net/ipv4/conf/all/route_localnet net/netfilter/nf_conntrack_count net/netfilter/nf_conntrack_max net/ipv4/neigh/default/gc_thresh3; do [ -r /proc/sys/$f ] && echo "$f = $(cat /proc/sys/$f)"; done; true',
  // DNS flows over UDP only: of the others nothing is printed. The tool's request would load nf_conntrack_netlink, so it is left alone where
  // that is a module and not there; /proc/net/nf_conntrack is not in every kernel. What is after `count`, and the tool's own sum on
  // stderr, show that an empty listing is one.
  conntrack: `d=/proc/sys/net/netfilter/nf_conntrack_count; [ -r $d ] || { echo "the kernel tracks no connections" >&2; exit 0; }; echo "count $(cat $d)"; echo "most ${mostFlows}"; few() { head -n ${mostFlows} 2>/dev/null || cat; }; if command -v conntrack > /dev/null && { [ -d /sys/module/nf_conntrack_netlink ] || [ ! -f /sys/module/nf_conntrack/initstate ]; }; then for f in ipv4 ipv6; do echo "conntrack $f"; bounded conntrack -L -f $f -p udp --orig-port-dst 53 | few; done; exit 0; fi; f=/proc/net/nf_conntrack; [ -r $f ] || { echo "neither a conntrack tool nor $f is there" >&2; exit 127; }; echo nf_conntrack; if command -v grep > /dev/null; then bounded grep " udp .*dport=53 " $f | few; echo "lines $(bounded grep -c "" $f)"; else bounded sh -c 'n=0; while read -r l; do n=$((n + 1)); case $l in *" udp "*"dport=53 "*) echo "$l";; esac; done < '$f'; echo "lines $n"'; fi`,
  // The heading shows that there is a table; of its connections only those of DNS over UDP are printed.
  'ip_vs_conn': `f=/proc/net/ip_vs_conn; [ -r $f ] || { echo "the kernel has no ip_vs" >&2; exit 0; }; if command -v grep > /dev/null; then bounded grep -e "^Pro " -e "^UDP [^ ]* [^ ]* [^ ]* 0035 " $f | { head -n ${mostFlows} 2>/dev/null || cat; }; else bounded sh -c 'while read -r a b c d e l; do case "$a $e" in "UDP 0035"|Pro*) echo "$a $b $c $d $e $l";; esac; done < '$f; fi`,
  'fib_trie': 'cat /proc/net/fib_trie',
  'if_inet6': 'cat /proc/net/if_inet6',
  // The main table only; that there are others shows in fib_trie.
  route: 'cat /proc/net/route',
  arp: 'cat /proc/net/arp',
  // One line an interface, without a process for each: `NAME index=2 link=4 mtu=1500 state=up flags=0x1003 master=3 hairpin=1 kind=bridge`. `kind` is the
  // driver's DEVTYPE, `master` the index of the bridge that it is a port of, `link` that of its other end or of what it sits on.
  links: 'for d in /sys/class/net/*; do [ -d "$d" ] || continue; l="${d##*/}"; for f in ifindex:index iflink:link mtu:mtu operstate:state flags:flags master/ifindex:master brport/hairpin_mode:hairpin; do v=; { read -r v < "$d/${f%%:*}"; } 2>/dev/null; [ -z "$v" ] || l="$l ${f#*:}=$v"; done; while IFS== read -r k v; do [ "$k" != DEVTYPE ] || l="$l kind=$v"; done 2>/dev/null < "$d/uevent"; echo "$l"; done',
  // `NAME rp_filter=1 forwarding=1`, of `all` and `default` as well.
  conf: 'for d in /proc/sys/net/ipv4/conf/*; do l="${d##*/}"; for f in rp_filter forwarding; do v=; { read -r v < "$d/$f"; } 2>/dev/null; [ -z "$v" ] || l="$l $f=$v"; done; echo "$l"; done',
  // Sockets that listen: TCP in state 0A, UDP that is not connected (07).
  sockets: 'for t in tcp tcp6 udp udp6; do f=/proc/net/$t; [ -r $f ] || continue; s=0A; case $t in udp*) s=07;; esac; echo "table $t"; if command -v grep > /dev/null; then grep -E "^ *[0-9]+: [0-9A-F]+:[0-9A-F]+ [0-9A-F]+:[0-9A-F]+ $s " $f; else while read -r n l r st x; do [ "$st" != $s ] || echo "$n $l $r $st"; done < $f; fi; done; true',
  // Command lines may hold tokens: only kube-proxy's own is printed, of the others just the name. Sees the node's processes
  // from a hostPID pod, and only its own container's from a kube-proxy pod.
  processes: 'for p in /proc/[0-9]*; do { read -r c < $p/comm; } 2>/dev/null || continue; case $c in kube-proxy) echo "$c $(tr "\\000" " " < $p/cmdline 2>/dev/null)";; kubelite|k3s|k3s-server|k3s-agent|rke2|k0s|cilium-agent|kube-router|calico-node) echo "$c";; esac; done; true',
};

export const sectionNames: readonly string[] = Object.keys(commands);

/**
 * What no reading of a node may pass: KiB of memory, seconds of processor time, seconds. On a node of 10,000 Services the hungriest
 * tool takes half of this (docs/performance.md).
 */
export const bounds = {memory: 1_000_000, leastMemory: 65_536, processor: 30, wall: 50};

/**
 * Shell functions that the commands use. `bounded COMMAND…` runs it with an end to its memory and time: no more than half of what
 * the node has left, nor three quarters of what is left to this container, whose neighbour may be kube-proxy itself. If it
 * fails, the last line of its stderr says what it was given. `tables` is `nft list tables`, which in nft 1.0 reads every
 * element of every set first; `nft list chains` does not.
 */
const functions = ({memory, leastMemory, processor, wall}: typeof bounds): string[] => [
  `most=${memory}; spare=`,
  'while read -r k v u; do if [ "$k" = MemAvailable: ]; then spare=$((v / 2)); fi; done 2>/dev/null < /proc/meminfo',
  '[ -z "$spare" ] || [ "$spare" -gt "$most" ] || most=$spare',
  'for d in /sys/fs/cgroup/memory. /sys/fs/cgroup/memory/memory.; do m=$(cat "$d"max 2>/dev/null || cat "$d"limit_in_bytes 2>/dev/null); u=$(cat "$d"current 2>/dev/null || cat "$d"usage_in_bytes 2>/dev/null); case $m in ""|*[!0-9]*) continue;; esac; m=$(((m - ${u:-0}) / 1024 * 3 / 4)); [ "$m" -gt "$most" ] || most=$m; done',
  `[ "$most" -gt ${leastMemory} ] || most=${leastMemory}`,
  `wall=; if timeout 5 true 2>/dev/null; then wall="timeout ${wall}"; fi`,
  `bounded() { (ulimit -v $most 2>/dev/null; ulimit -t ${processor} 2>/dev/null; exec $wall "$@"); b=$?; [ $b = 0 ] || [ $b = 127 ] || echo "kdiag: status $b with $most KiB of memory and ${processor} s of processor time to use" >&2; return $b; }`,
  'tables() { { bounded nft list chains || echo "ended $?"; } | while read -r a f n x; do case $a in table) echo "$a $f $n";; ended) exit $f;; esac; done; }',
];

/** The script that fills every section in one exec, for any POSIX shell; the answer is framed as frames.ts says. */
export function readingScript(mark: string, within = bounds): string {
  return framedScript(mark, functions(within), commands);
}

/** Frames → sections. An answer without its end mark is `truncated`, never half a reading. */
export function parseReading(text: string, mark: string): Answer<NodeReading['sections']> {
  return parseFrames(text, mark, commands);
}
