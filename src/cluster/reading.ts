import type {NodeReading, Section} from './cluster.ts';
import {type Answer, known, unknown} from './answer.ts';

/** Section name → the shell command that fills it. Read-only, and needs no tool beyond sh and cat where /proc can tell. */
const commands: Readonly<Record<string, string>> = {
  tools: 'for t in iptables-nft-save ip6tables-nft-save iptables-legacy-save ip6tables-legacy-save iptables-save nft ipset ipvsadm conntrack ip; do command -v $t; done; true',
  kernel: 'cat /proc/sys/kernel/osrelease',
  'ip_tables_names': 'cat /proc/net/ip_tables_names',
  'ip6_tables_names': 'cat /proc/net/ip6_tables_names',
  'iptables-nft-save': 'iptables-nft-save',
  'ip6tables-nft-save': 'ip6tables-nft-save',
  // Calling the legacy tool for a table that is not there would create it (an empty table stays until the network namespace dies):
  // only the tables that the kernel names are read.
  'iptables-legacy-save': 'rc=0; for t in $(cat /proc/net/ip_tables_names); do iptables-legacy-save -t $t || rc=$?; done; (exit $rc)',
  'ip6tables-legacy-save': 'rc=0; for t in $(cat /proc/net/ip6_tables_names); do ip6tables-legacy-save -t $t || rc=$?; done; (exit $rc)',
  'nft-tables': 'nft list tables',
  // Every table but those that iptables-nft-save has already told, one JSON document a line. nft needs up to 60 times a table's
  // size in memory to print it: under a limit it fails, and says so, before the node suffers.
  'nft-json': 'rc=0; nft list tables > /dev/null || exit $?; nft list tables | while read -r _ f n; do case "$f $n" in "ip "*|"ip6 "*) case $n in raw|mangle|nat|filter|security) continue;; esac;; esac; (ulimit -v 2000000; nft -j list table $f "$n") || exit 1; done',
  // Only where nft cannot tell it in JSON: built without it, or one that prints whatever is in memory as a table's flags (1.0.x).
  'nft-text': 'nft list tables > /dev/null || exit $?; case "$(nft -j list tables 2>/dev/null)" in *\\"flags\\"*) ;; *"]}") exit 0;; esac; nft list tables | while read -r _ f n; do case "$f $n" in "ip "*|"ip6 "*) case $n in raw|mangle|nat|filter|security) continue;; esac;; esac; (ulimit -v 2000000; nft list table $f "$n") || exit 1; done',
  'ip_vs': 'cat /proc/net/ip_vs',
  modules: 'while read -r m rest; do case $m in ip_vs*) echo "$m";; esac; done < /proc/modules',
  // ipset asks the kernel for its module, which would load it: only where it is there already. Sizes come first, as all members are held in memory.
  ipset: '[ -d /sys/module/ip_set ] || { echo "the kernel has no ip_set" >&2; exit 0; }; n=$(ipset list -t | { n=0; while read -r a b c d; do if [ "$a $b $c" = "Number of entries:" ]; then n=$((n + d)); fi; done; echo $n; }); [ "$n" -lt 1000000 ] || { echo "the sets have $n members: too many to read" >&2; exit 1; }; ulimit -v 2000000; ipset save',
  // Whether the device is there needs no tool; its addresses are among those of fib_trie as well.
  'kube-ipvs0': '[ -d /proc/sys/net/ipv4/conf/kube-ipvs0 ] || { echo "there is no kube-ipvs0" >&2; exit 0; }; echo kube-ipvs0; if command -v ip > /dev/null; then ip -o addr show dev kube-ipvs0; fi',
  sysctl: 'for f in net/ipv4/ip_forward net/ipv6/conf/all/forwarding net/bridge/bridge-nf-call-iptables net/bridge/bridge-nf-call-ip6tables net/ipv4/conf/all/route_localnet net/netfilter/nf_conntrack_count net/netfilter/nf_conntrack_max; do [ -r /proc/sys/$f ] && echo "$f = $(cat /proc/sys/$f)"; done; true',
  'fib_trie': 'cat /proc/net/fib_trie',
  'if_inet6': 'cat /proc/net/if_inet6',
  // Command lines may hold tokens: only kube-proxy's own is printed, of the others just the name. Sees the node's processes
  // from a hostPID pod, and only its own container's from a kube-proxy pod.
  processes: 'for p in /proc/[0-9]*; do c=$(cat $p/comm 2>/dev/null) || continue; case $c in kube-proxy) echo "$c $(tr "\\000" " " < $p/cmdline 2>/dev/null)";; kubelite|k3s|k3s-server|k3s-agent|rke2|k0s|cilium-agent|kube-router|calico-node) echo "$c";; esac; done; true',
};

export const sectionNames: readonly string[] = Object.keys(commands);

const magic = 'kdiag-reading/1';

/**
 * The script that fills every section in one exec, for any POSIX shell. Answer: a line `kdiag-reading/1 gzip|plain`, then
 * (compressed where gzip is there) frames, each line of which starts with `mark`, and at last `MARK complete`.
 * `mark` must be a string that the node's own texts cannot contain: a random one per run.
 */
export function readingScript(mark: string): string {
  const sections = Object.entries(commands).map(([name, command]) => `section ${name} '${command.replaceAll("'", `'\\''`)}'`);
  return [
    `M=${mark}`,
    // stdout goes straight to the answer (fd 3), stderr into a variable: both are kept, apart, without a temporary file
    'section() { printf "%s begin %s\\n" "$M" "$1"; e=$( { eval "$2" >&3; } 2>&1 ); r=$?; printf "\\n%s stderr %s\\n%s\\n%s end\\n" "$M" "$r" "$e" "$M"; }',
    'all() { exec 3>&1',
    ...sections,
    'printf "%s complete\\n" "$M"; }',
    `if command -v gzip >/dev/null 2>&1; then echo "${magic} gzip"; all | gzip -1 -c; else echo "${magic} plain"; all; fi`,
  ].join('\n');
}

/** Splits the first line off the answer: how the rest is encoded, or null when this is no reading at all. */
export function readingEncoding(answer: Uint8Array): {readonly encoding: 'gzip' | 'plain'; readonly body: Uint8Array} | null {
  const end = answer.indexOf(0x0a);
  const line = Buffer.from(answer.subarray(0, Math.max(0, end))).toString('latin1');
  if (line !== `${magic} gzip` && line !== `${magic} plain`) return null;
  return {encoding: line.endsWith('gzip') ? 'gzip' : 'plain', body: answer.subarray(end + 1)};
}

/** Frames → sections. An answer without its end mark is `truncated`, never half a reading. */
export function parseReading(text: string, mark: string): Answer<NodeReading['sections']> {
  if (!text.endsWith(`${mark} complete\n`)) return unknown('truncated', `the node's answer ended after ${text.length} characters without its end mark`);
  const sections: Record<string, Section> = {};
  const frame = new RegExp(`${mark} begin (\\S+)\\n([\\s\\S]*?)\\n${mark} stderr (\\d+)\\n([\\s\\S]*?)\\n${mark} end\\n`, 'g');
  for (const [, name = '', stdout = '', exit = '', stderr = ''] of text.matchAll(frame)) {
    sections[name] = {command: commands[name] ?? name, stdout, stderr, exit: Number(exit)};
  }
  const missing = sectionNames.filter(name => !(name in sections));
  if (missing.length > 0) return unknown('truncated', `the node's answer lacks ${missing.join(', ')}`);
  return known(sections);
}
