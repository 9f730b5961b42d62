import type {PlaceReading} from './cluster.ts';
import {type Answer, isKnown, known, unknown} from './answer.ts';
import {framedScript, parseFrames} from './frames.ts';

/**
 * Sections of a pod. `cat` prints a file as the pod sees it; a file that is not there: exit status 1 and why on stderr.
 * - `pid`: `PID NAME` of the process that stands for the pod (not its pause container's), then `PROGRAM interpreter PATH` or
 *   `PROGRAM static`, with ` go`, ` glibc`, ` musl` or ` uclibc` behind it where the program's bytes say so (probe/place.h).
 * - `sockets`: those that listen, as the section of that name of a node (reading.ts), with their inode behind; `holders`: `INODE PID NAME` of every socket
 *   that a process there holds; `links`: interfaces, as of a node; `route`, `fib_trie`, `if_inet6`, `arp`: of the pod's network.
 * - `libc`: the C libraries in its file system, one path a line; of busybox also what it is made with, as above.
 */
const ofPod: Readonly<Record<string, string>> = {
  pid: 'stands_for_pod',
  // of the pod's network, which /proc shows of any process in it
  sockets: 'for t in tcp tcp6 udp udp6; do f=/proc/$U/net/$t; [ -r $f ] || continue; s=0A; case $t in udp*) s=07;; esac; echo "table $t"; while read -r n l r st a b c d e inode x; do [ "$st" != $s ] || echo "$n $l $r $st $inode"; done < $f; done; true',
  holders: '"$P" holders $Y',
  links: '"$P" links $Y',
  route: 'file /proc/$U/net/route',
  fib_trie: 'file /proc/$U/net/fib_trie',
  if_inet6: 'file /proc/$U/net/if_inet6',
  arp: 'file /proc/$U/net/arp',
  'resolv-conf': 'cat /etc/resolv.conf',
  hosts: 'cat /etc/hosts',
  nsswitch: 'cat /etc/nsswitch.conf',
  libc: 'list_libc',
  'os-release': 't=$(cat /etc/os-release) || exit; echo "$t" | while IFS= read -r l; do case $l in ID=*|VERSION_ID=*) echo "$l";; esac; done',
};

/**
 * Sections of a node.
 * - `cluster-first-resolv-conf`: what its kubelet writes for a pod of dnsPolicy ClusterFirst.
 * - `resolv-conf`, `systemd-resolv-conf`: the node's own, and the one behind a stub of systemd-resolved.
 * - `kubelet`: `pid PID`, its flags about DNS as `--flag=value`, then the lines of its configuration about DNS. Nothing else of either:
 *   they may hold secrets. Exit status 3: no process kubelet (it may be a part of another, as in k3s). Not read: --config-dir's files.
 */
const ofNode: Readonly<Record<string, string>> = {
  'cluster-first-resolv-conf': 'in_debug_pod cat /etc/resolv.conf',
  'resolv-conf': 'cat /etc/resolv.conf',
  'systemd-resolv-conf': 'cat /run/systemd/resolve/resolv.conf',
  kubelet: [
    'k=$("$P" kubelet) || exit; echo "$k"; c=; case $k in *--config=*) c=${k##*--config=}; c=${c%%"$N"*};; esac; [ -n "$c" ] || exit 0; p=${k#pid }',
    't=$("$P" cat "${p%%"$N"*}" "$c") || exit; case $t in "{"*) echo "its configuration is written as JSON, which is not read" >&2; exit 1;; esac',
    'echo "$t" | { d=; while IFS= read -r l; do case $l in clusterDNS:*) d=1; echo "$l";; clusterDomain:*|resolvConf:*) d=; echo "$l";; -*|" "*-*) [ -z "$d" ] || echo "$l";; \\#*|"") ;; *) d=;; esac; done; }',
  ].join('\n'),
};

/**
 * The script that fills a place's sections in one exec; the answer is framed as frames.ts says. `uid` is the pod's, null: the node itself.
 * It needs kdiag's probe, whose path is in `P`, and no other tool: files are opened with the place's root as `/`, as an absolute
 * symbolic link at /proc/PID/root/etc/resolv.conf would lead to the file of whoever reads.
 */
export function placeScript(mark: string, uid: string | null): string {
  const pod = uid === null ? ['U=1'] : [`Y=${uid}`, `I=$("$P" pod ${uid} 2>&1); R=$?`, 'U=${I%% *}', 'stands_for_pod() { if [ $R = 0 ]; then echo "$I"; else echo "$I" >&2; return $R; fi; }', '[ $R = 0 ] || U=0', 'list_libc() { "$P" libc $U; }'];
  return framedScript(mark, ["N='\n'", ...pod, 'cat() { "$P" cat $U "$1"; }', 'file() { while IFS= read -r l; do echo "$l"; done < $1; }', 'in_debug_pod() { "$P" cat $$ "$2"; }'], commandsOf(uid));
}

/** Frames → sections. A pod that has no process on the node is `absent`. */
export function parsePlace(text: string, mark: string, uid: string | null): Answer<PlaceReading> {
  const sections = parseFrames(text, mark, commandsOf(uid));
  if (!isKnown(sections)) return sections;
  const {pid} = sections.known;
  return pid?.exit === 3 ? unknown('absent', 'no process of it runs there') : known({sections: sections.known});
}

function commandsOf(uid: string | null): Readonly<Record<string, string>> {
  return uid === null ? ofNode : ofPod;
}
