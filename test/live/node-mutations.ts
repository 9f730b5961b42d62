import {onNode} from './rig.ts';

/** One command that changes a node's rules, the command that takes it back, and what kdiag may call it. */
export interface NodeMutation {
  readonly what: string;
  readonly doIt: string;
  readonly undo: string;
  readonly codes: RegExp;
}

type Draw = <T>(items: readonly T[]) => T;

/** Changes of rules of Services at these addresses, as they stand on the node now: in iptables or in nftables mode. */
export async function nodeMutations(node: string, addresses: readonly string[], draw: Draw): Promise<readonly NodeMutation[]> {
  const lines = (await onNode(node, 'iptables-save -t nat')).split('\n');
  return lines.some(line => line.startsWith('-A KUBE-SERVICES')) ? iptablesMutations(lines, addresses, draw) : nftMutations(node, addresses, draw);
}

const lost = /^rules-(missing-endpoint|jump-missing|wrong-balance|stale-endpoint|missing-service|missing-masquerade|masquerade-differs|hook-missing)$/;

function iptablesMutations(lines: readonly string[], addresses: readonly string[], draw: Draw): NodeMutation[] {
  const entries = lines.filter(line => line.startsWith('-A KUBE-SERVICES ') && addresses.some(address => line.includes(` -d ${address}/32 `)) && / -j KUBE-SV[CL]-/.test(line));
  const chains = new Set(entries.map(line => / -j (\S+)$/.exec(line)?.[1] ?? ''));
  const jumps = lines.filter(line => / -j KUBE-SEP-/.test(line) && !line.includes('--rcheck') && chains.has(line.split(' ')[1] ?? ''));
  const gone = (line: string, what: string): NodeMutation => {
    const place = lines.filter(each => each.startsWith(`-A ${line.split(' ')[1]} `)).indexOf(line) + 1;
    return {what: `${what}: ${line}`, doIt: `iptables -w 5 -t nat ${line.replace('-A ', '-D ')}`, undo: `iptables -w 5 -t nat ${line.replace(/^-A (\S+)/, `-I $1 ${place}`)}`, codes: lost};
  };
  const marks = lines.filter(line => chains.has(line.split(' ')[1] ?? '') && line.endsWith(' -j KUBE-MARK-MASQ'));
  const address = / -d ([\d.]+)\/32/.exec(draw(entries))?.[1] ?? '';
  return [
    gone(draw(entries), 'the way in deleted'), gone(draw(entries), 'the way in deleted'), gone(draw(jumps), 'the way to an endpoint deleted'),
    gone(draw(marks), 'masquerading deleted'),
    {what: `a foreign drop for ${address}`, doIt: `iptables -w 5 -t mangle -I PREROUTING -d ${address} -j DROP`, undo: `iptables -w 5 -t mangle -D PREROUTING -d ${address} -j DROP`, codes: /^rules-foreign-drop$/},
    {what: 'a foreign reject of what is forwarded', doIt: 'iptables -w 5 -I FORWARD -m conntrack --ctstate NEW -j REJECT --reject-with icmp-host-prohibited', undo: 'iptables -w 5 -D FORWARD -m conntrack --ctstate NEW -j REJECT --reject-with icmp-host-prohibited', codes: /^rules-foreign-drop$/},
    {what: 'the way out of POSTROUTING taken before kube-proxy', doIt: 'iptables -w 5 -t nat -I POSTROUTING -j ACCEPT', undo: 'iptables -w 5 -t nat -D POSTROUTING -j ACCEPT', codes: lost},
    gone(lines.find(line => line.startsWith('-A OUTPUT ') && line.endsWith(' -j KUBE-SERVICES') && line.includes('portals') && !line.includes('ctstate')) ?? '', 'the hook of OUTPUT deleted'),
  ];
}

async function nftMutations(node: string, addresses: readonly string[], draw: Draw): Promise<NodeMutation[]> {
  const {nftables} = JSON.parse(await onNode(node, 'nft -j list map ip kube-proxy service-ips')) as {nftables: {map?: {elem: [{concat: [string, string, number]}, {goto: {target: string}}][]}}[]};
  const elements = (nftables.find(({map}) => map !== undefined)?.map?.elem ?? []).filter(([{concat}]) => addresses.includes(concat[0]));
  const gone = ([{concat}, {goto}]: (typeof elements)[number]): NodeMutation => ({
    what: `map entry ${concat.join(' . ')} removed`, codes: lost,
    doIt: `nft 'delete element ip kube-proxy service-ips { ${concat.join(' . ')} }'`, undo: `nft 'add element ip kube-proxy service-ips { ${concat.join(' . ')} : goto ${goto.target} }'`,
  });
  const [{concat: [address]}] = draw(elements);
  const fence = (hook: string, priority: number, rule: string): NodeMutation => ({
    what: `a foreign table: ${hook} ${rule}`, codes: /^rules-foreign-drop$/,
    doIt: `nft 'add table ip fence; add chain ip fence gate { type filter hook ${hook} priority ${priority}; }; add rule ip fence gate ${rule}'`, undo: "nft 'delete table ip fence'",
  });
  return [
    gone(draw(elements)), gone(draw(elements)), gone(draw(elements)),
    fence('prerouting', -300, `ip daddr ${address} drop`), fence('forward', 10, 'ct state new reject with icmp type admin-prohibited'), fence('output', -150, `ip daddr ${address} drop`),
    {what: 'a mark that nobody heeds', codes: lost, doIt: "nft 'insert rule ip kube-proxy masquerading return'", undo: "nft delete rule ip kube-proxy masquerading handle $(nft -a list chain ip kube-proxy masquerading | sed -n 's/^[[:space:]]*return # handle //p')"},
    {what: 'what a node sends itself is no longer looked at', codes: lost, doIt: "nft 'insert rule ip kube-proxy nat-output accept'", undo: "nft delete rule ip kube-proxy nat-output handle $(nft -a list chain ip kube-proxy nat-output | sed -n 's/^[[:space:]]*accept # handle //p')"},
  ];
}
