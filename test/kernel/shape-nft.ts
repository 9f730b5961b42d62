import {type Family, plans, ports} from './addresses.ts';
import type {Random} from './random.ts';

/** Rules as kube-proxy writes them in nftables mode (pkg/proxy/nftables/proxier.go): one table of maps that lead to chains. */
export function shapeNft(random: Random, family: Family, affinity: boolean): string {
  const plan = plans[family];
  const [ip, type] = family === 4 ? ['ip', 'ipv4_addr'] : ['ip6', 'ipv6_addr'];
  const [services, none, nodePorts, noNodePorts, clusterIPs]: string[][] = [[], [], [], [], []];
  const [chains, sets]: string[][] = [[], []];
  const taken = new Set<string>();
  const take = (key: string): boolean => !taken.has(key) && taken.add(key) !== undefined;
  for (let i = 0, count = random.between(1, 6); i < count; i++) {
    const [vip, port, protocol] = [random.draw(plan.vips.slice(0, 5)), random.draw(ports), random.draw(['tcp', 'udp'])];
    if (!take(`${vip} ${port} ${protocol}`)) continue;
    if (take(`ip ${vip}`)) clusterIPs?.push(vip);
    const endpoints = plan.endpoints.filter(() => random.maybe(0.4));
    if (endpoints.length === 0) {
      none?.push(`${vip} . ${protocol} . ${port} comment "ns/svc${i}:p" : goto ${random.draw(['reject-chain', 'reject-chain', 'drop-chain'])}`);
      continue;
    }
    const [chain, external] = [`service-${i}-ns/svc${i}/${protocol}/p`, `external-${i}-ns/svc${i}/${protocol}/p`];
    services?.push(`${vip} . ${protocol} . ${port} comment "ns/svc${i}:p" : goto ${chain}`);
    if (take(`node ${protocol}`)) {
      const which = random.between(1, 4);
      if (which <= 2) nodePorts?.push(`${protocol} . 30080 : goto ${external}`);
      if (which === 3) noNodePorts?.push(`${protocol} . 30080 : goto reject-chain`);
    }
    if (random.maybe(0.4) && take(`${plan.vips[5]} ${port} ${protocol}`)) services?.push(`${plan.vips[5]} . ${protocol} . ${port} : goto ${external}`);
    const sticky = affinity && random.maybe(0.6);
    const ends = endpoints.map(endpoint => ({endpoint, port: random.draw(ports), name: `endpoint-${i}-ns/svc${i}/${protocol}/p__${endpoint.replaceAll(':', '.')}`, set: `affinity-${i}-ns/svc${i}/${protocol}/p__${endpoint.replaceAll(':', '.')}`}));
    if (sticky) {
      for (const end of ends) {
        sets?.push(` set ${end.set} { type ${type}; flags dynamic,timeout; timeout 3h; }`);
        chains?.push(` chain ${end.name} { ${ip} saddr ${end.endpoint} jump mark-for-masquerade; update @${end.set} { ${ip} saddr }; meta l4proto ${protocol} dnat to ${family === 4 ? end.endpoint : `[${end.endpoint}]`}:${end.port}; }`);
      }
    }
    chains?.push(` chain ${chain} {`, `  ${ip} daddr ${vip} ${protocol} dport ${port} ${ip} saddr != ${plan.blocks.pod[0]} jump mark-for-masquerade`);
    if (sticky) {
      for (const end of ends) chains?.push(`  ${ip} saddr @${end.set} goto ${end.name}`);
      chains?.push(`  numgen random mod ${ends.length} vmap { ${ends.map((end, j) => `${j} : goto ${end.name}`).join(', ')} }`);
    } else chains?.push(`  meta l4proto ${protocol} dnat ${ip} to numgen random mod ${ends.length} map { ${ends.map((end, j) => `${j} : ${end.endpoint} . ${end.port}`).join(', ')} }`);
    chains?.push(' }', ` chain ${external} { jump mark-for-masquerade; goto ${chain}; }`);
  }
  const elements = (list: readonly string[] | undefined): string => (list?.length ? ` elements = { ${list.join(', ')} };` : '');
  return [
    `table ${ip} kube-proxy {`, ' comment "rules for kube-proxy"',
    ` set cluster-ips { type ${type};${elements(clusterIPs)} }`, ` set nodeport-ips { type ${type}; elements = { ${plan.own[0]} } }`, ...(sets ?? []),
    ' chain mark-for-masquerade { mark set mark or 0x4000; }', ' chain drop-chain { drop; }', ' chain reject-chain { reject; }',
    ...(chains ?? []),
    ` map no-endpoint-services { type ${type} . inet_proto . inet_service : verdict;${elements(none)} }`, ` map no-endpoint-nodeports { type inet_proto . inet_service : verdict;${elements(noNodePorts)} }`,
    ` map service-ips { type ${type} . inet_proto . inet_service : verdict;${elements(services)} }`, ` map service-nodeports { type inet_proto . inet_service : verdict;${elements(nodePorts)} }`,
    ` chain cluster-ips-check { ${ip} daddr @cluster-ips reject; ${ip} daddr { ${family === 4 ? '10.97.0.0/16' : 'fd00:97::/112'} } drop; }`,
    ` chain service-endpoints-check { ${ip} daddr . meta l4proto . th dport vmap @no-endpoint-services; }`, ` chain nodeport-endpoints-check { ${ip} daddr @nodeport-ips meta l4proto . th dport vmap @no-endpoint-nodeports; }`,
    ` chain services { ${ip} daddr . meta l4proto . th dport vmap @service-ips; ${ip} daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports; }`,
    ' chain masquerading { mark and 0x4000 == 0 return; mark set mark xor 0x4000; masquerade fully-random; }',
    ' chain nat-prerouting { type nat hook prerouting priority dstnat; jump services; }', ' chain nat-output { type nat hook output priority -100; jump services; }', ' chain nat-postrouting { type nat hook postrouting priority srcnat; jump masquerading; }',
    ' chain filter-input { type filter hook input priority -110; ct state new jump nodeport-endpoints-check; ct state new jump service-endpoints-check; }',
    ' chain filter-forward { type filter hook forward priority -110; ct state new jump service-endpoints-check; ct state new jump cluster-ips-check; }',
    ' chain filter-output { type filter hook output priority -110; ct state new jump service-endpoints-check; }',
    ' chain filter-output-post-dnat { type filter hook output priority -90; ct state new jump cluster-ips-check; }',
    '}', '',
  ].join('\n');
}
