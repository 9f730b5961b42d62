import assert from 'node:assert/strict';
import {globSync, readFileSync} from 'node:fs';
import {test} from 'node:test';
import {parseDump} from '../../../../src/parse/iptables.ts';
import {ruleWords} from '../../../../src/model/trace/step-words.ts';

const last = {next: null, end: 'pass', to: null} as const;

function wordsOf(raw: string): string {
  const chain = raw.split(' ')[1] ?? '';
  const rule = parseDump(`*nat\n:${chain} - [0:0]\n${raw}\nCOMMIT\n`).tables[0]?.chains.get(chain)?.rules[0];
  return rule === undefined ? 'no rule' : ruleWords(rule, last);
}

/** Rules as their authors write them: kube-proxy, the kubelet, Docker, firewalld, ufw, flannel, Calico, libvirt, CNI's portmap. */
const table: readonly (readonly [string, string])[] = [
  // kube-proxy
  ['-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES', 'all that get here go on in KUBE-SERVICES (kubernetes service portals)'],
  ['-A PREROUTING -j KUBE-SERVICES', 'all that get here go on in KUBE-SERVICES (kube-proxy: all Services)'],
  ['-A KUBE-SERVICES -d 10.96.0.1/32 -p tcp -m comment --comment "default/kubernetes:https cluster IP" -m tcp --dport 443 -j KUBE-SVC-NPX46M4PTMTKRN6Y', 'packets for 10.96.0.1:443/TCP go on in KUBE-SVC-NPX46M4PTMTKRN6Y (default/kubernetes:https cluster IP)'],
  ['-A KUBE-SERVICES -d fd00::a/128 -p udp -m comment --comment "kube-system/kube-dns:dns cluster IP" -m udp --dport 53 -j KUBE-SVC-TCOU7JCQXEZGVUNU', 'packets for [fd00::a]:53/UDP go on in KUBE-SVC-TCOU7JCQXEZGVUNU (kube-system/kube-dns:dns cluster IP)'],
  ['-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS', "packets for an address of the node's own go on in KUBE-NODEPORTS (kubernetes service nodeports; NOTE: this must be the last rule in this chain)"],
  ['-A KUBE-NODEPORTS -p tcp -m comment --comment "default/web" -m tcp --dport 30080 -j KUBE-EXT-4CRUJHTV5RT5YMFY', 'packets for port 30080/TCP go on in KUBE-EXT-4CRUJHTV5RT5YMFY (default/web)'],
  ['-A KUBE-NODEPORTS -d 127.0.0.0/8 -p tcp -m comment --comment "default/web" -m nfacct --nfacct-name  localhost_nps_accepted_pkts -m tcp --dport 30080 -j KUBE-EXT-4CRUJHTV5RT5YMFY', 'packets for 127.0.0.0/8:30080/TCP go on in KUBE-EXT-4CRUJHTV5RT5YMFY (default/web)'],
  ['-A KUBE-EXT-4CRUJHTV5RT5YMFY -m comment --comment "masquerade traffic for default/web external destinations" -j KUBE-MARK-MASQ', 'all that get here are marked to be masqueraded'],
  ['-A KUBE-EXT-4CRUJHTV5RT5YMFY -s 10.244.0.0/16 -m comment --comment "pod traffic for default/web external destinations" -j KUBE-SVC-4CRUJHTV5RT5YMFY', 'packets from 10.244.0.0/16 go on in KUBE-SVC-4CRUJHTV5RT5YMFY (pod traffic for default/web external destinations)'],
  ['-A KUBE-EXT-4CRUJHTV5RT5YMFY -m addrtype --src-type LOCAL -j KUBE-SVC-4CRUJHTV5RT5YMFY', 'packets sent by the node itself go on in KUBE-SVC-4CRUJHTV5RT5YMFY (kube-proxy: a Service port, all its endpoints)'],
  ['-A KUBE-SVC-A ! -s 10.244.0.0/16 -d 10.96.0.1/32 -p tcp -m tcp --dport 443 -j KUBE-MARK-MASQ', 'packets for 10.96.0.1:443/TCP from outside 10.244.0.0/16 are marked to be masqueraded'],
  ['-A KUBE-SVC-A -m comment --comment "default/web -> 10.244.1.3:80" -m statistic --mode random --probability 0.33333333349 -j KUBE-SEP-B', 'drawn with probability 1/3, packets go on in KUBE-SEP-B (default/web -> 10.244.1.3:80)'],
  ['-A KUBE-SVC-A -m statistic --mode random --probability 0.90000000000 -j KUBE-SEP-B', 'drawn with probability 0.9, packets go on in KUBE-SEP-B (kube-proxy: one endpoint)'],
  ['-A KUBE-SVC-A -m statistic --mode nth --every 4 --packet 0 -j KUBE-SEP-B', 'drawn with probability 1/4, packets go on in KUBE-SEP-B (kube-proxy: one endpoint)'],
  ['-A KUBE-SVC-A -m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-B --mask 255.255.255.255 --rsource -j KUBE-SEP-B', 'packets of clients that were here before in the last 10800 s go on in KUBE-SEP-B (kube-proxy: one endpoint)'],
  ['-A KUBE-SEP-B -s 10.244.1.3/32 -m comment --comment "default/web" -j KUBE-MARK-MASQ', 'packets from 10.244.1.3 are marked to be masqueraded'],
  ['-A KUBE-SEP-B -p tcp -m comment --comment "default/web" -m recent --set --name KUBE-SEP-B --mask 255.255.255.255 --rsource -m tcp -j DNAT --to-destination 10.244.1.3:80', 'TCP packets (the client is remembered) are translated to 10.244.1.3:80'],
  ['-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000', 'all that get here are marked 0x4000/0x4000'],
  ['-A KUBE-MARK-MASQ -j MARK --or-mark 0x4000', 'all that get here are marked 0x4000'],
  ['-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN', 'packets not marked 0x4000/0x4000 leave this chain'],
  ['-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully', 'all that get here are masqueraded: they get an address of the node as sender'],
  ['-A KUBE-POSTROUTING -m comment --comment "Kubernetes endpoints dst ip:port, source ip for solving hairpin purpose" -m set --match-set KUBE-LOOP-BACK dst,dst,src -j MASQUERADE', 'packets that are in the set KUBE-LOOP-BACK (by dst,dst,src) are masqueraded: they get an address of the node as sender'],
  ['-A KUBE-FORWARD -m conntrack --ctstate INVALID -m nfacct --nfacct-name  ct_state_invalid_dropped_pkts -j DROP', 'packets of no connection (INVALID) are dropped'],
  ['-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x4000/0x4000 -j ACCEPT', 'packets marked 0x4000/0x4000 are let through (kubernetes forwarding rules)'],
  ['-A KUBE-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT', 'packets of connections that were let in before are let through'],
  ['-A KUBE-SERVICES -d 10.96.7.7/32 -p tcp -m comment --comment "shop/cart has no endpoints" -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable', 'packets for 10.96.7.7:80/TCP are refused with icmp-port-unreachable (shop/cart has no endpoints)'],
  ['-A KUBE-EXTERNAL-SERVICES -p tcp -m comment --comment "shop/cart has no local endpoints" -m addrtype --dst-type LOCAL -m tcp --dport 30080 -j DROP', "packets for port 30080/TCP for an address of the node's own are dropped (shop/cart has no local endpoints)"],
  ['-A KUBE-MARK-DROP -j MARK --set-xmark 0x8000/0x8000', 'all that get here are marked 0x8000/0x8000'],
  ['-A KUBE-SERVICES -d 192.0.2.7/32 -p sctp -m sctp --dport 7777 -j KUBE-FW-A', 'packets for 192.0.2.7:7777/SCTP go on in KUBE-FW-A (kube-proxy: loadBalancerSourceRanges)'],
  // the kubelet
  ['-A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m comment --comment "block incoming localnet connections" -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP', 'packets for 127.0.0.0/8 from outside 127.0.0.0/8 of connections in another state than RELATED, ESTABLISHED, DNAT are dropped (block incoming localnet connections)'],
  // Docker
  ['-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER', "packets for an address of the node's own go on in DOCKER (Docker)"],
  ['-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER', "packets for anything but 127.0.0.0/8 for an address of the node's own go on in DOCKER (Docker)"],
  ['-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE', 'packets from 172.17.0.0/16 that do not leave by docker0 are masqueraded: they get an address of the node as sender'],
  ['-A FORWARD -i docker0 ! -o docker0 -j ACCEPT', 'packets that came in by docker0 that do not leave by docker0 are let through'],
  ['-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80', 'packets for port 8080/TCP that did not come in by docker0 are translated to 172.17.0.2:80'],
  ['-A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP', 'packets that leave by docker0 are dropped'],
  ['-A FORWARD -j DOCKER-USER', 'all that get here go on in DOCKER-USER (Docker)'],
  // firewalld
  ['-A FORWARD -j REJECT --reject-with icmp-host-prohibited', 'all that get here are refused with icmp-host-prohibited'],
  ['-A INPUT_ZONES -g IN_public', 'all that get here go on in IN_public (firewalld)'],
  ['-A IN_public_allow -p tcp -m tcp --dport 22 -m conntrack --ctstate NEW,UNTRACKED -j ACCEPT', 'packets for port 22/TCP of connections in state NEW, UNTRACKED are let through'],
  ['-A INPUT -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j ACCEPT', 'TCP packets with the TCP flags SYN of FIN,SYN,RST,ACK are let through'],
  ['-A INPUT -p icmp -j ACCEPT', 'ICMP packets are let through'],
  // ufw
  ['-A INPUT -j ufw-before-input', 'all that get here go on in ufw-before-input (ufw)'],
  ['-A ufw-user-input -p tcp -m multiport --dports 80,443 -j ACCEPT', 'TCP packets for ports 80,443 are let through'],
  ['-A ufw-logging-deny -m limit --limit 3/min --limit-burst 10 -j LOG --log-prefix "[UFW BLOCK] "', 'packets with “--limit 3/min” with “--limit-burst 10” are logged'],
  // flannel, Calico, CNI, libvirt
  ['-A POSTROUTING -m comment --comment "flanneld masq" -j FLANNEL-POSTRTG', 'all that get here go on in FLANNEL-POSTRTG (flanneld masq)'],
  ['-A FLANNEL-POSTRTG -s 10.244.0.0/16 ! -d 224.0.0.0/4 -m comment --comment "flanneld masq" -j MASQUERADE --random-fully', 'packets from 10.244.0.0/16 for anything but 224.0.0.0/4 are masqueraded: they get an address of the node as sender'],
  ['-A FLANNEL-FWD -d 10.244.0.0/16 -m comment --comment "flanneld forward" -j ACCEPT', 'packets for 10.244.0.0/16 are let through (flanneld forward)'],
  ['-A FORWARD -m comment --comment "cali:wUHhoiAYhphO9Mso" -j cali-FORWARD', 'all that get here go on in cali-FORWARD (cali:wUHhoiAYhphO9Mso)'],
  ['-A cali-FORWARD -i cali+ -j cali-from-wl-dispatch', 'packets that came in by cali+ go on in cali-from-wl-dispatch (Calico)'],
  ['-A CNI-DN-abc -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.244.1.9:80', 'packets for port 8080/TCP are translated to 10.244.1.9:80'],
  ['-A LIBVIRT_FWI -o virbr0 -j REJECT --reject-with icmp-port-unreachable', 'packets that leave by virbr0 are refused with icmp-port-unreachable'],
  // others
  ['-A POSTROUTING -o eth0 -j SNAT --to-source 192.0.2.9', 'packets that leave by eth0 get 192.0.2.9 as sender'],
  ['-A PREROUTING -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 15001', 'packets for port 80/TCP are sent to the node itself, port 15001'],
  ['-A PREROUTING -d 169.254.20.10/32 -p udp -m udp --dport 53 -j NOTRACK', 'packets for 169.254.20.10:53/UDP are not tracked as connections'],
  ['-A PREROUTING -d 169.254.20.10/32 -p udp -m udp --dport 53 -j CT --notrack', 'packets for 169.254.20.10:53/UDP are not tracked as connections'],
  ['-A FORWARD -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu', 'TCP packets with the TCP flags SYN of SYN,RST get a smaller segment size (TCPMSS)'],
  ['-A FORWARD -m string --string "GET" --algo bm -j DROP', 'packets with “--string GET” with “--algo bm” are dropped'],
  ['-A FORWARD -m bpf ! --bytecode "4,48 0 0 9" -j DROP', 'packets with “! --bytecode 4,48 0 0 9” are dropped'],
  ['-A FORWARD -j WEIRD --frob 3', 'all that get here are given to “WEIRD --frob 3”'],
  ['-A FORWARD -s 10.0.0.0/8', 'packets from 10.0.0.0/8 are counted'],
];

for (const [raw, words] of table) test(`${raw.slice(0, 90)}`, () => assert.equal(wordsOf(raw), words));

test('there are words for every rule of the fixtures', () => {
  const root = new URL('../../../fixtures/iptables/', import.meta.url);
  for (const file of globSync('*.txt', {cwd: root.pathname})) {
    for (const {chains} of parseDump(readFileSync(new URL(file, root), 'utf8')).tables) {
      for (const {rules} of chains.values()) for (const rule of rules) assert.match(ruleWords(rule, last), /^(packets|all that|drawn|TCP|UDP|SCTP) .*\b(go|are|get|leave)\b/, rule.raw);
    }
  }
});
