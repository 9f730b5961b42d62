import {type Family, plans, ports} from './addresses.ts';
import type {Random} from './random.ts';

/**
 * Rules as kube-proxy writes them in iptables mode (pkg/proxy/iptables/proxier.go), with kubelet's hint chains, flannel's
 * masquerading and a firewall's filter around them.
 */
export function shapeIptables(random: Random, family: Family, affinity: boolean, number: number): string {
  const plan = plans[family];
  const chains: string[] = [];
  const services: string[] = [];
  const nodePorts: string[] = [];
  const bodies: string[] = [];
  const refused: string[] = [];
  const external: string[] = [];
  for (let i = 0, count = random.between(1, 6); i < count; i++) {
    const [vip, port, protocol] = [random.draw(plan.vips.slice(0, 5)), random.draw(ports), random.draw(['tcp', 'udp'])];
    const match = `-m comment --comment "ns/svc${i}:p cluster IP" -m ${protocol} -p ${protocol} -d ${vip} --dport ${port}`;
    const endpoints = plan.endpoints.filter(() => random.maybe(0.4));
    if (endpoints.length === 0) {
      refused.push(`-A KUBE-SERVICES ${match} -j REJECT`);
      continue;
    }
    const [svc, ext] = [`KUBE-SVC-${number}X${i}`, `KUBE-EXT-${number}X${i}`];
    chains.push(svc, ext);
    services.push(`-A KUBE-SERVICES ${match} -j ${svc}`);
    if (random.maybe(0.5)) nodePorts.push(`-A KUBE-NODEPORTS -p ${protocol} -m ${protocol} --dport 30080 -j ${ext}`);
    if (random.maybe(0.4)) external.push(`-A KUBE-SERVICES -m ${protocol} -p ${protocol} -d ${plan.vips[5]} --dport ${port} -j ${ext}`);
    bodies.push(`-A ${ext} -j KUBE-MARK-MASQ`, `-A ${ext} -j ${svc}`);
    bodies.push(`-A ${svc} -m ${protocol} -p ${protocol} -d ${vip} --dport ${port} ! -s ${plan.blocks.pod[0]} -j KUBE-MARK-MASQ`);
    const seps = endpoints.map((_, j) => `KUBE-SEP-${number}X${i}X${j}`);
    chains.push(...seps);
    const recent = affinity && random.maybe(0.6);
    if (recent) for (const sep of seps) bodies.push(`-A ${svc} -m recent --name ${sep} --rcheck --seconds 10800 --reap -j ${sep}`);
    for (const [j, sep] of seps.entries()) {
      const left = endpoints.length - j;
      bodies.push(`-A ${svc}${left > 1 ? ` -m statistic --mode random --probability ${(1 / left).toFixed(10)}` : ''} -j ${sep}`);
      const host = family === 4 ? endpoints[j] : `[${endpoints[j]}]`;
      bodies.push(`-A ${sep} -s ${endpoints[j]} -j KUBE-MARK-MASQ`);
      bodies.push(`-A ${sep} ${recent ? `-m recent --name ${sep} --set ` : ''}-m ${protocol} -p ${protocol} -j DNAT --to-destination ${host}:${random.draw(ports)}`);
    }
  }
  const masq = random.maybe(0.9);
  const nat = [
    '*nat', ':PREROUTING ACCEPT [0:0]', ':INPUT ACCEPT [0:0]', ':OUTPUT ACCEPT [0:0]', ':POSTROUTING ACCEPT [0:0]',
    ...['KUBE-SERVICES', 'KUBE-NODEPORTS', 'KUBE-POSTROUTING', 'KUBE-MARK-MASQ', 'FLANNEL-POSTRTG', ...chains].map(chain => `:${chain} - [0:0]`),
    '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES', '-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
    ...(masq ? ['-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING'] : []),
    ...(random.maybe(0.4) ? ['-A POSTROUTING -j FLANNEL-POSTRTG'] : []),
    ...services, ...external, '-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS', ...nodePorts, ...bodies,
    '-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN', '-A KUBE-POSTROUTING -j MARK --xor-mark 0x4000', '-A KUBE-POSTROUTING -j MASQUERADE --random-fully', '-A KUBE-MARK-MASQ -j MARK --or-mark 0x4000',
    '-A FLANNEL-POSTRTG -m mark --mark 0x4000/0x4000 -j RETURN', `-A FLANNEL-POSTRTG -s ${plan.blocks.pod[0]} -d ${plan.blocks.srv[0]} -j RETURN`, `-A FLANNEL-POSTRTG -s ${plan.blocks.pod[0]} ! -d ${family === 4 ? '224.0.0.0/4' : 'ff00::/8'} -j MASQUERADE --random-fully`, `-A FLANNEL-POSTRTG ! -s ${plan.blocks.pod[0]} -d ${plan.blocks.pod[0]} -j RETURN`,
    'COMMIT', '',
  ];
  const forward = random.draw(['ACCEPT', 'ACCEPT', 'DROP']);
  const filter = [
    '*filter', ':INPUT ACCEPT [0:0]', `:FORWARD ${forward} [0:0]`, ':OUTPUT ACCEPT [0:0]',
    ...['KUBE-SERVICES', 'KUBE-FORWARD', 'KUBE-FIREWALL', 'KUBE-PROXY-FIREWALL', 'DOCKER-USER'].map(chain => `:${chain} - [0:0]`),
    '-A INPUT -m conntrack --ctstate NEW -j KUBE-PROXY-FIREWALL', '-A INPUT -j KUBE-FIREWALL',
    '-A FORWARD -m conntrack --ctstate NEW -j KUBE-PROXY-FIREWALL', '-A FORWARD -j KUBE-FORWARD', '-A FORWARD -m conntrack --ctstate NEW -j KUBE-SERVICES', '-A FORWARD -j DOCKER-USER',
    '-A OUTPUT -m conntrack --ctstate NEW -j KUBE-SERVICES', '-A OUTPUT -j KUBE-FIREWALL',
    '-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP', '-A KUBE-FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT', '-A KUBE-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    ...(family === 4 ? ['-A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP'] : []),
    ...(forward === 'DROP' ? [`-A DOCKER-USER -s ${plan.blocks.srv[0]} -j ACCEPT`, '-A DOCKER-USER -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT', ...(random.maybe(0.5) ? [`-A DOCKER-USER -s ${plan.blocks.pod[0]} -j ACCEPT`] : [])] : []),
    ...(random.maybe(0.2) ? [`-A FORWARD -m conntrack --ctstate DNAT -m conntrack --ctorigdst ${plan.vips[0]} -j DROP`] : []),
    ...(random.maybe(0.2) ? [`-A FORWARD -m conntrack ! --ctstate RELATED,ESTABLISHED -p tcp -m tcp --dport ${random.draw(ports)} -j REJECT --reject-with ${family === 4 ? 'icmp-host-prohibited' : 'icmp6-adm-prohibited'}`] : []),
    ...refused, 'COMMIT', '',
  ];
  return [...nat, ...filter].join('\n');
}
