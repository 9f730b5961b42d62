import {atNode, type Fault} from '../fault.ts';
import {hostnames, iptables, otherFlavour, restartKubeProxy, serviceRules, signalKubeProxy} from '../node-rules.ts';
import {flavour, kubectl, onNode, until} from '../rig.ts';

const node1 = {kind: 'Node', name: 'node1'};
const repair = (): Promise<void> => restartKubeProxy('node1');
const onNode1 = async (...scripts: string[]): Promise<void> => {
  await onNode('node1', scripts.join('\n'));
};
/** An address that no node routes: it ends at the default gateway, which forwards nothing. */
const nobody = '10.244.9.99';
const third = {exit: 1, status: ['broken'], reach: {cp: 1, node1: 2 / 3, node2: 1}} as const;
const dead = {exit: 1, status: ['broken'], reach: {cp: 1, node1: 0, node2: 1}} as const;
/** Others reach the pods on their own side of node1. */
const intoNode1 = {cp: {share: 'some', why: 'timeout'}, node2: {share: 'some', why: 'timeout'}, 'pod on node2': {share: 'some', why: 'timeout'}} as const;
/** Everything passes, to fewer pods than there are. */
const uneven = {exit: 1, status: ['broken', 'degraded'], reach: {cp: 1, node1: 1, node2: 1}} as const;
const comment = `-m comment --comment "${hostnames}"`;

/** The chain of a node's rules cut, link by link, for the Service hostnames on node1. */
export const ruleFaults: readonly Fault[] = [
  {
    name: 'service chain flushed on node1', legacy: true, repair,
    break: async () => onNode1(`${iptables} -t nat -F ${(await serviceRules('node1')).svc}`),
    clients: atNode('node1', {share: 0, why: 'timeout'}),
    expect: {...dead, code: ['rules-missing-endpoint', 'rules-missing-service'], subject: node1},
  },
  {
    name: 'endpoint chain points at a dead address on node1', legacy: true, repair, tries: 40,
    break: async () => {
      const {sep} = (await serviceRules('node1')).endpoints[1] ?? {};
      await onNode1(`${iptables} -t nat -R ${sep} 2 -p tcp ${comment} -m tcp -j DNAT --to-destination ${nobody}:9376`);
    },
    clients: atNode('node1', {share: 2 / 3, why: 'timeout', pods: 2}),
    expect: {...third, code: ['rules-stale-endpoint'], subject: node1},
  },
  {
    name: 'balance gives one endpoint nothing on node1', repair, tries: 60,
    break: async () => {
      const {svc, endpoints} = await serviceRules('node1');
      const second = endpoints[1];
      await onNode1(`${iptables} -t nat -R ${svc} ${second?.rule} -m comment --comment "${hostnames} -> ${second?.address}" -m statistic --mode random --probability 1 -j ${second?.sep}`);
    },
    clients: atNode('node1', {share: 1, pods: 2}),
    expect: {...uneven, code: ['rules-wrong-balance'], subject: node1},
  },
  {
    name: 'balance lets a part of the connections through untranslated on node1', repair, tries: 60,
    break: async () => {
      const {svc, endpoints} = await serviceRules('node1');
      const last = endpoints[2];
      await onNode1(`${iptables} -t nat -R ${svc} ${last?.rule} -m comment --comment "${hostnames} -> ${last?.address}" -m statistic --mode random --probability 0.25 -j ${last?.sep}`);
    },
    clients: atNode('node1', {share: 0.75, why: 'timeout', pods: 3}),
    expect: {exit: 1, status: ['broken'], code: ['rules-wrong-balance'], subject: node1, reach: {cp: 1, node1: 0.75, node2: 1}},
  },
  {
    name: 'jump to the service chain removed on node1', repair,
    break: async () => {
      const {vip, svc} = await serviceRules('node1');
      await onNode1(`${iptables} -t nat -D KUBE-SERVICES -d ${vip}/32 -p tcp -m comment --comment "${hostnames} cluster IP" -m tcp --dport 80 -j ${svc}`);
    },
    clients: atNode('node1', {share: 0, why: 'timeout'}),
    expect: {...dead, code: ['rules-jump-missing'], subject: node1},
  },
  {
    name: 'service and its chains removed on node1', rarely: true, repair,
    break: async () => {
      const {vip, svc} = await serviceRules('node1');
      await onNode1(`${iptables} -t nat -D KUBE-SERVICES -d ${vip}/32 -p tcp -m comment --comment "${hostnames} cluster IP" -m tcp --dport 80 -j ${svc}`, `${iptables} -t nat -F ${svc}`, `${iptables} -t nat -X ${svc}`);
    },
    clients: atNode('node1', {share: 0, why: 'timeout'}),
    expect: {...dead, code: ['rules-missing-service'], subject: node1},
  },
  {...hooks('both hooks removed on node1', ['PREROUTING', 'OUTPUT'], atNode('node1', {share: 0, why: 'timeout'})), rarely: true},
  hooks('PREROUTING hook removed on node1: its pods are cut off, itself is not', ['PREROUTING'], {'pod on node1': {share: 0, why: 'timeout'}}),
  hooks('OUTPUT hook removed on node1: itself is cut off, its pods are not', ['OUTPUT'], {node1: {share: 0, why: 'timeout'}}),
  {
    name: 'last jump to an endpoint deleted on node1: a third is lost', repair, tries: 40,
    break: async () => {
      const {svc, endpoints} = await serviceRules('node1');
      await onNode1(`${iptables} -t nat -D ${svc} ${endpoints[2]?.rule}`);
    },
    clients: atNode('node1', {share: 2 / 3, why: 'timeout', pods: 2}),
    expect: {...third, code: ['rules-missing-endpoint'], subject: node1},
  },
  {
    name: 'first jump to an endpoint deleted on node1: the others take its share', rarely: true, repair, tries: 60,
    break: async () => {
      const {svc, endpoints} = await serviceRules('node1');
      await onNode1(`${iptables} -t nat -D ${svc} ${endpoints[0]?.rule}`);
    },
    clients: atNode('node1', {share: 1, pods: 2}),
    expect: {...uneven, code: ['rules-missing-endpoint'], subject: node1},
  },
  {
    name: 'endpoint chain flushed on node1: its third falls through', rarely: true, repair, tries: 40,
    break: async () => onNode1(`${iptables} -t nat -F ${(await serviceRules('node1')).endpoints[2]?.sep}`),
    clients: atNode('node1', {share: 2 / 3, why: 'timeout', pods: 2}),
    expect: {...third, code: ['rules-missing-endpoint'], subject: node1},
  },
  {
    name: 'kube-proxy on node1 stopped while there was no endpoint: REJECT stays', repair: wake,
    break: async () => {
      await kubectl('scale deploy hostnames --replicas=0');
      await until('the REJECT rule on node1', 30, async () => ((await onNode('node1', `${iptables} -S KUBE-SERVICES`)).includes(`${hostnames} has no endpoints`) ? true : null));
      await signalKubeProxy('node1', 'STOP');
      await kubectl('scale deploy hostnames --replicas=3');
      await kubectl('rollout status deploy/hostnames --timeout=60s');
    },
    clients: atNode('node1', {share: 0, why: 'refused'}),
    expect: {...dead, code: ['kube-proxy-stale'], reason: 'hung', subject: node1},
  },
  {
    name: 'kube-proxy on node1 stopped while all pods were replaced: stale endpoints', repair: wake,
    break: async () => {
      await signalKubeProxy('node1', 'STOP');
      await kubectl('rollout restart deploy/hostnames');
      await kubectl('rollout status deploy/hostnames --timeout=60s');
    },
    clients: atNode('node1', {share: 0}),
    expect: {...dead, code: ['kube-proxy-stale'], reason: 'hung', subject: node1},
  },
  {
    name: 'REJECT of old left in filter while nat is right on node1: harmless',
    break: async () => {
      const {vip} = await serviceRules('node1');
      await onNode1(`${iptables} -A KUBE-SERVICES -d ${vip}/32 -p tcp -m comment --comment "${hostnames} has no endpoints" -m tcp --dport 80 -j REJECT`);
    },
    repair,
    clients: {},
    expect: {exit: 0, status: ['healthy', 'degraded'], reach: {cp: 1, node1: 1, node2: 1}},
  },
  foreign('a rule drops what node1 forwards to the pods', 'filter FORWARD -p tcp --dport 9376 -j DROP', {
    clients: {'pod on node1': {share: 0, why: 'timeout'}, ...intoNode1},
    expect: {exit: 1, status: ['broken'], code: ['rules-foreign-drop'], subject: node1},
  }),
  foreign('an unknown match before KUBE-SERVICES that never fits, on node1', 'nat PREROUTING -p tcp -m u32 --u32 "6&0xFF=17" -j ACCEPT', {
    clients: {},
    expect: {exit: 3, status: ['unknown']},
  }),
  foreign('an unknown match before KUBE-SERVICES that always fits, on node1', 'nat PREROUTING -p tcp -m u32 --u32 "6&0xFF=6" -j ACCEPT', {
    clients: {'pod on node1': {share: 0, why: 'timeout'}},
    expect: {exit: 3, status: ['unknown']},
  }),
  foreign('a known rule before KUBE-SERVICES sends the VIP elsewhere, on node1', `nat PREROUTING -p tcp --dport 80 -j DNAT --to-destination ${nobody}:80`, {
    clients: {'pod on node1': {share: 0, why: 'timeout'}},
    expect: {exit: 1, status: ['broken'], subject: node1},
  }),
  {
    name: 'policy of FORWARD is DROP on node1',
    break: () => onNode1(`${iptables} -P FORWARD DROP`),
    repair: () => onNode1(`${iptables} -P FORWARD ACCEPT`),
    // replies of node1's own pods to others are dropped there as well, unless the connection is known
    clients: {'pod on node1': {share: 0, why: 'timeout'}, ...intoNode1},
    expect: {exit: 1, status: ['broken'], code: ['forward-policy-drop'], subject: node1},
  },
  {
    name: 'ip_forward off on node1',
    break: () => onNode1('echo 0 > /proc/sys/net/ipv4/ip_forward'),
    repair: () => onNode1('echo 1 > /proc/sys/net/ipv4/ip_forward'),
    clients: {'pod on node1': {share: 0, why: 'timeout'}, ...intoNode1},
    expect: {exit: 1, status: ['broken'], code: ['ip-forward-off'], subject: node1},
  },
  {
    name: 'no route from node1 to the pods of node2',
    break: () => onNode1('ip route del 10.244.2.0/24'),
    repair: () => onNode1('ip route add 10.244.2.0/24 via 172.30.0.12'),
    clients: {node1: {share: 'some', why: 'timeout'}, 'pod on node1': {share: 'some', why: 'timeout'}, 'pod on node2': {share: 'some', why: 'timeout'}},
    expect: {exit: 1, status: ['broken'], code: ['pod-route-missing'], subject: node1},
  },
  // The other backend's tables stay registered, empty, until the node dies: so these come last, and everything after them meets that too.
  {
    name: 'the same rules once more in the other backend of node1: harmless',
    break: () => onNode1(`iptables-${flavour}-save -t nat | iptables-${otherFlavour}-restore`),
    repair: emptyOther,
    clients: {},
    expect: {exit: 0, status: ['degraded', 'healthy'], reach: {cp: 1, node1: 1, node2: 1}},
  },
  {
    name: 'rules of old in the other backend of node1 are asked first', legacy: true,
    break: async () => {
      const {endpoints} = await serviceRules('node1');
      const old = endpoints.map(({address}) => `s/${address.replaceAll('.', '\\.')}$/${nobody}:9376/`).join(';');
      await onNode1(`iptables-${flavour}-save -t nat | sed '${old}' | iptables-${otherFlavour}-restore`);
    },
    repair: emptyOther,
    clients: atNode('node1', {share: 0, why: 'timeout'}),
    expect: {...dead, code: ['rules-in-both-backends', 'rules-left-over-from-mode', 'rules-stale-endpoint'], subject: node1},
  },
];

function hooks(name: string, chains: readonly ('PREROUTING' | 'OUTPUT')[], clients: Fault['clients']): Fault {
  return {
    name, repair, clients,
    break: () => onNode1(...chains.map(chain => `${iptables} -t nat -D ${chain} -m comment --comment "kubernetes service portals" -j KUBE-SERVICES`)),
    expect: {exit: 1, status: ['broken'], code: ['rules-hook-missing'], subject: node1},
  };
}

/** A rule that kube-proxy did not write, put first in its chain. */
function foreign(name: string, rule: string, {clients, expect}: Pick<Fault, 'clients' | 'expect'>): Fault {
  const [table, chain, ...words] = rule.split(' ');
  return {
    name, clients, expect,
    break: () => onNode1(`${iptables} -t ${table} -I ${chain} ${words.join(' ')}`),
    repair: () => onNode1(`${iptables} -t ${table} -D ${chain} ${words.join(' ')}`),
  };
}

/** A stopped process would not even end. */
async function wake(): Promise<void> {
  await signalKubeProxy('node1', 'CONT');
  await repair();
}

function emptyOther(): Promise<void> {
  return onNode1(`iptables-${otherFlavour} -t nat -F`, `iptables-${otherFlavour} -t nat -X`);
}

