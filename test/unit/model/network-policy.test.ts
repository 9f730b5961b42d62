import assert from 'node:assert/strict';
import {test} from 'node:test';
import {parse} from 'yaml';
import type {NetworkPolicy, Pod, Protocol} from '../../../src/cluster/objects.ts';
import {type End, judge, type Judgement} from '../../../src/model/network-policy.ts';

const pod = (namespace: string, name: string, address: string, labels: Readonly<Record<string, string>>, more: Partial<Pod['spec']> = {}): End & {kind: 'pod'} => ({kind: 'pod', address, pod: {
  metadata: {namespace, name, labels}, spec: {nodeName: 'node1', containers: [{name: 'c', ports: [{name: 'dns', containerPort: 53, protocol: 'UDP'}, {name: 'dns-tcp', containerPort: 53, protocol: 'TCP'}, {name: 'web', containerPort: 8080}]}], ...more},
}});
/** Everybody who sends or is sent to. */
const ends = {
  cart: pod('shop', 'cart', '10.244.1.5', {app: 'cart', tier: 'front'}),
  till: pod('shop', 'till', '10.244.1.6', {app: 'till'}),
  spy: pod('lab', 'spy', '10.244.2.7', {app: 'cart'}),
  dns: pod('kube-system', 'coredns', '10.244.2.2', {'k8s-app': 'kube-dns'}, {nodeName: 'node2'}),
  agent: pod('kube-system', 'agent', '172.30.0.11', {app: 'agent'}, {hostNetwork: true}),
  sidecar: pod('shop', 'sidecar', '10.244.1.9', {app: 'sidecar'}, {containers: [{name: 'c'}], initContainers: [{name: 's', restartPolicy: 'Always', ports: [{name: 'dns', containerPort: 53, protocol: 'UDP'}]}]}),
  node1: {kind: 'node', node: 'node1', addresses: ['172.30.0.11']},
  node2: {kind: 'node', node: 'node2', addresses: ['172.30.0.12', 'fd00::12']},
  world: {kind: 'address', address: '203.0.113.10'},
} satisfies Record<string, End>;
const namespaces = new Map(Object.entries({shop: {team: 'a'}, lab: {team: 'b'}, 'kube-system': {purpose: 'system'}}).map(([name, labels]) => [name, {'kubernetes.io/metadata.name': name, ...labels}]));

/** `NAMESPACE NAME: spec` in YAML's flow form. */
function policies(...lines: readonly string[]): NetworkPolicy[] {
  return lines.map(line => {
    const [, namespace = '', name = '', spec = ''] = /^(\S+) (\S+): (.*)$/.exec(line) ?? assert.fail(line);
    return {metadata: {namespace, name}, spec: parse(spec) as NonNullable<NetworkPolicy['spec']>};
  });
}

/** `cart -> dns 53/UDP` → `egress denied by shop/x; ingress allowed (not-selected)`. */
function says(flow: string, of: readonly NetworkPolicy[], known: ReadonlyMap<string, Readonly<Record<string, string>>> = namespaces): string {
  const [, from, to, port, protocol] = /^(\w+) -> (\w+) (\d+)\/(\w+)$/.exec(flow) ?? assert.fail(flow);
  const judged = judge({from: ends[from as 'cart'], to: ends[to as 'cart'], port: Number(port), protocol: protocol as Protocol}, {policies: of, namespaces: known});
  return judged.map(wording).join('; ');
}
const rule = ({policy, rule}: {readonly policy: string; readonly rule: number | null}): string => `${policy}#${rule ?? 'selector'}`;
function wording({direction, verdict, exempt, policies, allowedBy, depends}: Judgement): string {
  if (exempt !== null) return `${direction} ${verdict} (${exempt})`;
  if (verdict === 'allowed') return `${direction} allowed by ${allowedBy.map(rule).join()}`;
  return verdict === 'denied' ? `${direction} denied by ${policies.join()}` : `${direction} depends on ${depends.map(each => `${rule(each)} ${each.on}`).join()}`;
}

const free = 'allowed (not-selected)';
const dnsRule = '{ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}], to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}, podSelector: {matchLabels: {k8s-app: kube-dns}}}]}';

const table: readonly {readonly title: string; readonly policies: readonly string[]; readonly flows: Readonly<Record<string, string>>}[] = [
  {title: 'without policies everything passes', policies: [], flows: {'cart -> dns 53/UDP': `egress ${free}; ingress ${free}`}},
  {title: 'a policy of another namespace says nothing', policies: ['lab deny: {podSelector: {}, policyTypes: [Ingress, Egress]}'], flows: {
    'cart -> dns 53/UDP': `egress ${free}; ingress ${free}`, 'spy -> dns 53/UDP': `egress denied by lab/deny; ingress ${free}`}},
  {title: 'all egress of a namespace denied: DNS too, and it is named', policies: ['shop deny-egress: {podSelector: {}, policyTypes: [Egress]}'], flows: {
    'cart -> dns 53/UDP': `egress denied by shop/deny-egress; ingress ${free}`, 'dns -> cart 8080/TCP': `egress ${free}; ingress ${free}`}},
  {title: 'policies add up: one allows what the other denies', policies: ['shop deny-egress: {podSelector: {}, policyTypes: [Egress]}', `shop allow-dns: {podSelector: {}, policyTypes: [Egress], egress: [${dnsRule}]}`], flows: {
    'cart -> dns 53/UDP': `egress allowed by shop/allow-dns#0; ingress ${free}`, 'cart -> dns 53/TCP': `egress allowed by shop/allow-dns#0; ingress ${free}`,
    'cart -> dns 54/UDP': `egress denied by shop/allow-dns,shop/deny-egress; ingress ${free}`, 'cart -> till 8080/TCP': `egress denied by shop/allow-dns,shop/deny-egress; ingress ${free}`}},
  {title: 'a rule for UDP alone leaves TCP denied', policies: ['shop udp: {podSelector: {}, policyTypes: [Egress], egress: [{ports: [{protocol: UDP, port: 53}]}]}'], flows: {
    'cart -> dns 53/UDP': `egress allowed by shop/udp#0; ingress ${free}`, 'cart -> dns 53/TCP': `egress denied by shop/udp; ingress ${free}`, 'cart -> world 53/UDP': 'egress allowed by shop/udp#0; ingress allowed (no-pod)'}},
  {title: 'a port without protocol is one of TCP', policies: ['shop tcp: {podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 53}]}]}'], flows: {
    'cart -> dns 53/UDP': `egress denied by shop/tcp; ingress ${free}`, 'cart -> dns 53/TCP': `egress allowed by shop/tcp#0; ingress ${free}`}},
  {title: 'policyTypes left out: Ingress always, Egress only with egress rules', policies: ['shop plain: {podSelector: {matchLabels: {app: cart}}}', 'shop empty: {podSelector: {matchLabels: {app: till}}, egress: []}', 'lab full: {podSelector: {}, policyTypes: [], egress: [{}]}'], flows: {
    'cart -> till 8080/TCP': `egress ${free}; ingress denied by shop/empty`, 'till -> cart 8080/TCP': `egress ${free}; ingress denied by shop/plain`,
    'spy -> dns 53/UDP': `egress allowed by lab/full#0; ingress ${free}`, 'dns -> spy 8080/TCP': `egress ${free}; ingress denied by lab/full`}},
  {title: 'no rules deny, an empty rule allows', policies: ['shop none: {podSelector: {matchLabels: {app: cart}}, policyTypes: [Ingress], ingress: []}', 'shop any: {podSelector: {matchLabels: {app: till}}, policyTypes: [Ingress], ingress: [{}]}'], flows: {
    'spy -> cart 8080/TCP': `egress ${free}; ingress denied by shop/none`, 'spy -> till 8080/TCP': `egress ${free}; ingress allowed by shop/any#0`}},
  {title: 'empty from and empty ports allow as absent ones do', policies: ['shop any: {podSelector: {}, policyTypes: [Ingress], ingress: [{from: [], ports: []}]}'], flows: {'world -> cart 1/TCP': 'egress allowed (no-pod); ingress allowed by shop/any#0'}},
  {title: 'a policy without podSelector selects all pods of its namespace', policies: ['shop all: {policyTypes: [Egress]}'], flows: {'till -> dns 53/UDP': `egress denied by shop/all; ingress ${free}`}},
  {title: 'podSelector alone is of the policy’s own namespace', policies: ['shop own: {podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{podSelector: {matchLabels: {app: cart}}}]}]}'], flows: {
    'cart -> till 8080/TCP': `egress ${free}; ingress allowed by shop/own#0`, 'spy -> till 8080/TCP': `egress ${free}; ingress denied by shop/own`}},
  {title: 'an empty podSelector is every pod of the namespace, an empty namespaceSelector every pod of the cluster', policies: ['shop own: {podSelector: {matchLabels: {app: cart}}, ingress: [{from: [{podSelector: {}}]}]}', 'shop cluster: {podSelector: {matchLabels: {app: till}}, ingress: [{from: [{namespaceSelector: {}}]}]}'], flows: {
    'till -> cart 1/TCP': `egress ${free}; ingress allowed by shop/own#0`, 'spy -> cart 1/TCP': `egress ${free}; ingress denied by shop/own`,
    'spy -> till 1/TCP': `egress ${free}; ingress allowed by shop/cluster#0`, 'world -> till 1/TCP': 'egress allowed (no-pod); ingress denied by shop/cluster'}},
  {title: 'both selectors in one peer must hold', policies: ['kube-system both: {podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{namespaceSelector: {matchLabels: {team: a}}, podSelector: {matchLabels: {app: till}}}]}]}'], flows: {
    'till -> dns 53/UDP': `egress ${free}; ingress allowed by kube-system/both#0`, 'cart -> dns 53/UDP': `egress ${free}; ingress denied by kube-system/both`}},
  {title: 'of two peers either may', policies: ['kube-system either: {podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{namespaceSelector: {matchLabels: {team: a}}}, {podSelector: {matchLabels: {app: till}}}]}]}'], flows: {
    'cart -> dns 53/UDP': `egress ${free}; ingress allowed by kube-system/either#0`, 'spy -> dns 53/UDP': `egress ${free}; ingress denied by kube-system/either`}},
  {title: 'the second rule is named when it is the one', policies: [`shop two: {podSelector: {}, policyTypes: [Egress], egress: [{to: [{podSelector: {}}]}, ${dnsRule}]}`], flows: {
    'cart -> dns 53/UDP': `egress allowed by shop/two#1; ingress ${free}`, 'cart -> till 9/TCP': `egress allowed by shop/two#0; ingress ${free}`}},
  {title: 'the labels of CoreDNS misspelt', policies: ['shop wrong: {podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {}, podSelector: {matchLabels: {k8s-app: coredns}}}]}]}'], flows: {'cart -> dns 53/UDP': `egress denied by shop/wrong; ingress ${free}`}},
  {title: 'expressions: In, NotIn, Exists, DoesNotExist', policies: [
    'shop in: {podSelector: {matchExpressions: [{key: app, operator: In, values: [cart, x]}, {key: tier, operator: Exists}]}, policyTypes: [Egress]}',
    'lab notin: {podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [cart]}]}, policyTypes: [Egress]}',
    'kube-system absent: {podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [cart]}, {key: app, operator: DoesNotExist}]}, policyTypes: [Egress]}'], flows: {
    'cart -> world 1/TCP': 'egress denied by shop/in; ingress allowed (no-pod)', 'till -> world 1/TCP': `egress ${free}; ingress allowed (no-pod)`,
    'spy -> world 1/TCP': `egress ${free}; ingress allowed (no-pod)`, 'dns -> world 1/TCP': 'egress denied by kube-system/absent; ingress allowed (no-pod)'}},
  {title: 'an operator that is not known is no match and no mismatch', policies: ['shop new: {podSelector: {matchExpressions: [{key: app, operator: Like, values: [c]}]}, policyTypes: [Egress]}'], flows: {'cart -> dns 53/UDP': `egress depends on shop/new#selector not-understood; ingress ${free}`}},
  {title: 'named ports are those of the pod that is sent to, of their protocol', policies: ['kube-system named: {podSelector: {}, policyTypes: [Ingress], ingress: [{ports: [{port: dns, protocol: UDP}, {port: web}]}]}', 'shop named: {podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: dns, protocol: UDP}]}]}'], flows: {
    'cart -> dns 53/UDP': 'egress allowed by shop/named#0; ingress allowed by kube-system/named#0', 'spy -> dns 53/TCP': `egress ${free}; ingress denied by kube-system/named`, 'spy -> dns 8080/TCP': `egress ${free}; ingress allowed by kube-system/named#0`,
    'cart -> world 53/UDP': 'egress denied by shop/named; ingress allowed (no-pod)', 'cart -> sidecar 53/UDP': `egress allowed by shop/named#0; ingress ${free}`}},
  {title: 'a range of ports has both its ends', policies: ['shop range: {podSelector: {}, policyTypes: [Egress], egress: [{ports: [{protocol: UDP, port: 50, endPort: 53}]}]}'], flows: {
    'cart -> dns 50/UDP': `egress allowed by shop/range#0; ingress ${free}`, 'cart -> dns 53/UDP': `egress allowed by shop/range#0; ingress ${free}`, 'cart -> dns 54/UDP': `egress denied by shop/range; ingress ${free}`, 'cart -> dns 49/UDP': `egress denied by shop/range; ingress ${free}`}},
  {title: 'a protocol without port is all its ports', policies: ['shop udp: {podSelector: {}, policyTypes: [Egress], egress: [{ports: [{protocol: UDP}]}]}'], flows: {'cart -> dns 9/UDP': `egress allowed by shop/udp#0; ingress ${free}`, 'cart -> dns 9/SCTP': `egress denied by shop/udp; ingress ${free}`}},
  {title: 'ipBlock and its exceptions', policies: ['shop block: {podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 203.0.113.0/24, except: [203.0.113.8/29]}}]}]}', 'lab block: {podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 203.0.113.0/24, except: [203.0.113.128/25]}}]}]}'], flows: {
    'cart -> world 443/TCP': 'egress denied by shop/block; ingress allowed (no-pod)', 'spy -> world 443/TCP': 'egress allowed by lab/block#0; ingress allowed (no-pod)', 'spy -> node2 443/TCP': 'egress denied by lab/block; ingress allowed (no-pod)'}},
  {title: 'a block that holds a pod’s address depends on who implements it; one that holds a node’s does not', policies: ['shop all4: {podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}'], flows: {
    'cart -> dns 53/UDP': `egress depends on shop/all4#0 block-of-pod; ingress ${free}`, 'cart -> node2 53/UDP': 'egress allowed by shop/all4#0; ingress allowed (no-pod)', 'cart -> agent 9/TCP': 'egress allowed by shop/all4#0; ingress allowed (host-network)'}},
  {title: 'a block of the other family holds nothing', policies: ['shop six: {podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: "::/0"}}]}]}'], flows: {'cart -> dns 53/UDP': `egress denied by shop/six; ingress ${free}`, 'cart -> node2 53/UDP': 'egress allowed by shop/six#0; ingress allowed (no-pod)'}},
  {title: 'a block that is none', policies: ['shop odd: {podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 10.0.0.0/33}}]}]}'], flows: {'cart -> dns 53/UDP': `egress depends on shop/odd#0 not-understood; ingress ${free}`}},
  {title: 'pods in their node’s network: no policy is theirs, and selectors may not know them', policies: ['kube-system deny: {podSelector: {}}', 'shop agents: {podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {}, podSelector: {matchLabels: {app: agent}}}]}]}'], flows: {
    'spy -> agent 9/TCP': `egress ${free}; ingress allowed (host-network)`, 'agent -> dns 53/UDP': 'egress allowed (host-network); ingress denied by kube-system/deny', 'cart -> agent 9/TCP': 'egress depends on shop/agents#0 selector-of-host-network; ingress allowed (host-network)'}},
  {title: 'from its own node a pod is always reached, from another it is not', policies: ['kube-system deny: {podSelector: {}, policyTypes: [Ingress]}', 'shop deny: {podSelector: {}, policyTypes: [Ingress]}'], flows: {
    'node2 -> dns 53/UDP': 'egress allowed (no-pod); ingress allowed (own-node)', 'node1 -> dns 53/UDP': 'egress allowed (no-pod); ingress denied by kube-system/deny', 'agent -> cart 1/TCP': 'egress allowed (host-network); ingress allowed (own-node)'}},
  {title: 'a pod reaches itself', policies: ['shop deny: {podSelector: {}, policyTypes: [Ingress, Egress]}'], flows: {'cart -> cart 8080/TCP': 'egress allowed (itself); ingress allowed (itself)'}},
  {title: 'egress and ingress are judged apart', policies: ['shop deny: {podSelector: {}, policyTypes: [Egress]}', 'kube-system deny: {podSelector: {}, policyTypes: [Ingress]}'], flows: {'cart -> dns 53/UDP': 'egress denied by shop/deny; ingress denied by kube-system/deny'}},
];

for (const {title, policies: lines, flows} of table) {
  test(title, () => {
    for (const [flow, expected] of Object.entries(flows)) assert.equal(says(flow, policies(...lines)), expected, flow);
  });
}

test('labels of a namespace that were not learned: its name is still known', () => {
  const byName = policies(`shop name: {podSelector: {}, policyTypes: [Egress], egress: [${dnsRule}]}`);
  const byLabel = policies('shop label: {podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {matchLabels: {purpose: system}}}]}]}');
  const none = new Map<string, Readonly<Record<string, string>>>();
  assert.match(says('cart -> dns 53/UDP', byName, none), /^egress allowed by shop\/name#0/);
  assert.match(says('cart -> spy 53/UDP', byName, none), /^egress denied/);
  assert.match(says('cart -> dns 53/UDP', byLabel), /^egress allowed/);
  assert.match(says('cart -> dns 53/UDP', byLabel, none), /^egress depends on shop\/label#0 namespace-unknown/);
});

test('each rule that does not allow says what it lacks', () => {
  const of = policies('shop x: {podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 53}]}, {ports: [{port: 5353, protocol: UDP}]}, {to: [{podSelector: {}}], ports: [{port: 53, protocol: UDP}]}]}');
  const [egress] = judge({from: ends.cart, to: ends.dns, protocol: 'UDP', port: 53}, {policies: of, namespaces});
  assert.deepEqual(egress.misses.map(({rule, lacks}) => `${rule} ${lacks}`), ['0 protocol', '1 port', '2 peer']);
});
