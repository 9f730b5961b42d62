import {createHash} from 'node:crypto';
import type {EndpointSlice, Node, Service} from '../../src/cluster/objects.ts';

/** How many Services a node has, and how many endpoints each of them. */
export interface Size {
  readonly services: number;
  readonly endpoints: number;
}

export const podNetwork = '10.128.0.0/9';
export const node: Node = {metadata: {name: 'node1'}, spec: {podCIDRs: ['10.128.0.0/24']}, status: {addresses: [{type: 'InternalIP', address: '172.30.0.11'}]}};

/** The n-th Service of one TCP port, 80 to 8080, of type ClusterIP. */
export function serviceAt(n: number): Service {
  return {metadata: {namespace: `team-${n % 50}`, name: `service-${n}`}, spec: {type: 'ClusterIP', clusterIP: vipOf(n), clusterIPs: [vipOf(n)], ports: [{name: 'http', port: 80, protocol: 'TCP', targetPort: 8080}]}};
}

export function sliceAt(n: number, {endpoints}: Size): EndpointSlice {
  return {
    metadata: {namespace: `team-${n % 50}`, name: `service-${n}-abcde`, labels: {'kubernetes.io/service-name': `service-${n}`}},
    addressType: 'IPv4', ports: [{name: 'http', port: 8080, protocol: 'TCP'}],
    endpoints: Array.from({length: endpoints}, (_, i) => ({addresses: [podOf(n * endpoints + i)], conditions: {ready: true, serving: true, terminating: false}, nodeName: `node${(n + i) % 100}`})),
  };
}

const vipOf = (n: number): string => `10.${96 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}`;
const podOf = (n: number): string => `10.${128 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}`;

/** What kube-proxy gives to iptables-restore in iptables mode (pkg/proxy/iptables/proxier.go, 1.36). */
export function* iptablesRules(size: Size): Generator<string> {
  const {services, endpoints} = size;
  yield '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n';
  for (const name of ['KUBE-SERVICES', 'KUBE-EXTERNAL-SERVICES', 'KUBE-FORWARD', 'KUBE-NODEPORTS', 'KUBE-PROXY-FIREWALL']) yield `:${name} - [0:0]\n`;
  yield [
    '-A INPUT -m comment --comment "kubernetes health check service ports" -j KUBE-NODEPORTS',
    '-A INPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES',
    '-A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL',
    '-A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD',
    '-A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
    '-A OUTPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
    '-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP',
    '-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x4000/0x4000 -j ACCEPT',
    '-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    'COMMIT', '*nat', ':PREROUTING ACCEPT [0:0]', ':INPUT ACCEPT [0:0]', ':OUTPUT ACCEPT [0:0]', ':POSTROUTING ACCEPT [0:0]', '',
  ].join('\n');
  for (const name of ['KUBE-SERVICES', 'KUBE-NODEPORTS', 'KUBE-POSTROUTING', 'KUBE-MARK-MASQ']) yield `:${name} - [0:0]\n`;
  for (let n = 0; n < services; n += 1) {
    yield `:${svc(n)} - [0:0]\n`;
    for (let i = 0; i < endpoints; i += 1) yield `:${sep(n, podOf(n * endpoints + i))} - [0:0]\n`;
  }
  yield [
    '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
    '-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
    '-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING',
    '-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000',
    '-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN',
    '-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0',
    '-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully', '',
  ].join('\n');
  for (let n = 0; n < services; n += 1) yield iptablesService(n, endpoints);
  yield '-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS\nCOMMIT\n';
}

function iptablesService(n: number, endpoints: number): string {
  const name = portNameOf(n);
  const to = `-d ${vipOf(n)}/32 -p tcp -m comment --comment "${name} cluster IP" -m tcp --dport 80`;
  const lines = [`-A KUBE-SERVICES ${to} -j ${svc(n)}`, `-A ${svc(n)} ! -s ${podNetwork} ${to} -j KUBE-MARK-MASQ`];
  for (let i = 0; i < endpoints; i += 1) {
    const pod = podOf(n * endpoints + i);
    const draw = i === endpoints - 1 ? '' : ` -m statistic --mode random --probability ${(1 / (endpoints - i)).toFixed(11)}`;
    lines.push(`-A ${svc(n)} -m comment --comment "${name} -> ${pod}:8080"${draw} -j ${sep(n, pod)}`);
    lines.push(`-A ${sep(n, pod)} -s ${pod}/32 -m comment --comment "${name}" -j KUBE-MARK-MASQ`);
    lines.push(`-A ${sep(n, pod)} -p tcp -m comment --comment "${name}" -m tcp -j DNAT --to-destination ${pod}:8080`);
  }
  return `${lines.join('\n')}\n`;
}

export const portNameOf = (n: number): string => `team-${n % 50}/service-${n}:http`;
const svc = (n: number): string => `KUBE-SVC-${hash(`${portNameOf(n)}tcp`, 16)}`;
const sep = (n: number, pod: string): string => `KUBE-SEP-${hash(`${portNameOf(n)}tcp${pod}:8080`, 16)}`;

/** The first letters of the SHA-256 in base 32 (RFC 4648), as kube-proxy shortens names. */
function hash(text: string, length: number): string {
  let bits = 0n;
  for (const byte of createHash('sha256').update(text).digest().subarray(0, 10)) bits = (bits << 8n) | BigInt(byte);
  return Array.from({length: 16}, (_, i) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number((bits >> BigInt(75 - 5 * i)) & 31n)]).join('').slice(0, length);
}

/** A table kube-proxy in nft's language, with a chain for each Service (pkg/proxy/nftables/proxier.go, 1.36). */
export function* nftRules(size: Size): Generator<string> {
  const {services, endpoints} = size;
  yield `table ip kube-proxy {
  comment "rules for kube-proxy"
  set cluster-ips { type ipv4_addr; comment "Active ClusterIPs"; }
  set nodeport-ips { type ipv4_addr; comment "IPs that accept NodePort traffic"; elements = { 172.30.0.11 } }
  set hairpin-connections { type ipv4_addr . ipv4_addr . inet_proto . inet_service; comment "service hairpin connections"; }
  map no-endpoint-services { type ipv4_addr . inet_proto . inet_service : verdict; comment "vmap to drop or reject packets to services with no endpoints"; }
  map no-endpoint-nodeports { type inet_proto . inet_service : verdict; comment "vmap to drop or reject packets to service nodeports with no endpoints"; }
  map firewall-ips { type ipv4_addr . inet_proto . inet_service : verdict; comment "destinations that are subject to LoadBalancerSourceRanges"; }
  map service-ips { type ipv4_addr . inet_proto . inet_service : verdict; comment "ClusterIP, ExternalIP and LoadBalancer IP traffic"; }
  map service-nodeports { type inet_proto . inet_service : verdict; comment "NodePort traffic"; }
  chain reject-chain { reject; }
  chain firewall-check { ip daddr . meta l4proto . th dport vmap @firewall-ips; }
  chain service-endpoints-check { ip daddr . meta l4proto . th dport vmap @no-endpoint-services; }
  chain nodeport-endpoints-check { ip daddr @nodeport-ips meta l4proto . th dport vmap @no-endpoint-nodeports; }
  chain cluster-ips-check {
    ip daddr @cluster-ips reject comment "Reject traffic to invalid ports of ClusterIPs"
    ip daddr 10.96.0.0/12 drop comment "Drop traffic to unallocated ClusterIPs"
  }
  chain masquerading {
    meta mark & 0x4000 != 0 meta mark set mark ^ 0x4000 masquerade fully-random
    ct status dnat ip saddr . ip daddr . meta l4proto . th dport @hairpin-connections masquerade fully-random
  }
  chain services {
    ip daddr @cluster-ips ip saddr != ${podNetwork} meta mark set mark or 0x4000 comment "masquerade clusterIP traffic from outside cluster"
    ip daddr . meta l4proto . th dport vmap @service-ips
    ip daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports
  }
  chain filter-prerouting-pre-dnat { type filter hook prerouting priority -110; ct state new jump firewall-check; }
  chain filter-output-pre-dnat { type filter hook output priority -110; ct state new jump firewall-check; }
  chain filter-input { type filter hook input priority 0; ct state new jump nodeport-endpoints-check; ct state new jump service-endpoints-check; }
  chain filter-forward { type filter hook forward priority 0; ct state new jump service-endpoints-check; ct state new jump cluster-ips-check; }
  chain filter-output { type filter hook output priority 0; ct state new jump service-endpoints-check; ct state new jump cluster-ips-check; }
  chain nat-prerouting { type nat hook prerouting priority -100; jump services; }
  chain nat-output { type nat hook output priority -100; jump services; }
  chain nat-postrouting { type nat hook postrouting priority 100; jump masquerading; }
`;
  for (let n = 0; n < services; n += 1) {
    const ends = Array.from({length: endpoints}, (_, i) => `${i} : ${podOf(n * endpoints + i)} . 8080`).join(', ');
    yield `  chain ${nftChain(n)} { meta l4proto tcp dnat ip to numgen random mod ${endpoints} map { ${ends} }; }\n`;
  }
  yield '}\n';
  for (let n = 0; n < services; n += 1) {
    yield `add element ip kube-proxy cluster-ips { ${vipOf(n)} }\nadd element ip kube-proxy service-ips { ${vipOf(n)} . tcp . 80 : goto ${nftChain(n)} }\n`;
    for (let i = 0; i < endpoints; i += 1) {
      const pod = podOf(n * endpoints + i);
      yield `add element ip kube-proxy hairpin-connections { ${pod} . ${pod} . tcp . 8080 }\n`;
    }
  }
}

const nftChain = (n: number): string => `service-${hash(`${portNameOf(n)}tcp`, 8)}-team-${n % 50}/service-${n}/tcp/http`;
