import type {Labels, NetworkPolicy, Pod, PolicyPeer, PolicyPort, Protocol} from '../cluster/objects.ts';
import {contains, parseAddress, parseBlock} from './ip.ts';
import {selects} from './labels.ts';
import {portsOf} from './target-port.ts';

/** One end of a flow. A pod in its node's network stands for its node: no policy knows it as a pod (Kubernetes leaves that open). */
export type End =
  | {readonly kind: 'pod'; readonly pod: Pod; readonly address: string}
  | {readonly kind: 'node'; readonly node: string; readonly addresses: readonly string[]}
  | {readonly kind: 'address'; readonly address: string};

/** The first packet of a connection, as its destination gets it: behind the Service's address, with the pod's own port. */
export interface Flow {
  readonly from: End;
  readonly to: End;
  readonly protocol: Protocol;
  readonly port: number;
}

export interface World {
  /** Of all namespaces that a pod of the flow is in. */
  readonly policies: readonly NetworkPolicy[];
  /** Namespace → labels; a namespace that is not there has labels that were not learned, but for its name's. */
  readonly namespaces: ReadonlyMap<string, Labels>;
}

/** A rule of a policy; `rule` is its index in spec.ingress or spec.egress. */
export interface RuleRef {
  readonly policy: string;
  readonly rule: number;
}

/**
 * Why it depends: the block has the address of a pod, which Kubernetes means for addresses outside of the cluster (Calico and most
 * others match it, Cilium does not); a selector selects a pod in its node's network (most do not match it); labels of a
 * namespace that are not known; an operator, a block or a policyType that is not understood.
 */
export type Reason = 'block-of-pod' | 'selector-of-host-network' | 'namespace-unknown' | 'not-understood';

/** Why a rule does not allow the flow: the first that does not fit. */
export type Miss = 'protocol' | 'port' | 'peer';

/** What the policies of one end say. */
export interface Judgement {
  readonly direction: 'egress' | 'ingress';
  /** `depends`: no rule allows it for certain, and one does in some implementations, or may. */
  readonly verdict: 'allowed' | 'denied' | 'depends';
  /** Why no policy was asked; null: at least one was. */
  readonly exempt: 'no-pod' | 'host-network' | 'own-node' | 'itself' | 'not-selected' | null;
  /** `NAMESPACE/NAME` of the policies that select the pod in this direction: without a rule of one of them nothing passes. */
  readonly policies: readonly string[];
  readonly allowedBy: readonly RuleRef[];
  /** `rule` is null where it is the policy's own selector that is not understood. */
  readonly depends: readonly {readonly policy: string; readonly rule: number | null; readonly on: Reason}[];
  readonly misses: readonly (RuleRef & {readonly lacks: Miss})[];
}

/**
 * What networking.k8s.io/v1 says of a flow (types.go of k8s.io/api/networking/v1): egress of the client, then ingress of the server.
 * Both must allow it; answers come back by themselves. Nothing is said of whether the cluster's network plug-in heeds policies at
 * all, of its own kinds of policies, of (Baseline)AdminNetworkPolicy, and of addresses that a node's own packets may have besides
 * those that its object names (a tunnel's).
 */
export function judge(flow: Flow, world: World): readonly [egress: Judgement, ingress: Judgement] {
  return [judgeEnd('egress', flow.from, flow.to, flow, world), judgeEnd('ingress', flow.to, flow.from, flow, world)];
}

function judgeEnd(direction: Judgement['direction'], end: End, peer: End, flow: Flow, world: World): Judgement {
  const verdict = (verdict: Judgement['verdict'], rest: Partial<Judgement> = {}): Judgement => ({direction, verdict, exempt: null, policies: [], allowedBy: [], depends: [], misses: [], ...rest});
  if (end.kind !== 'pod') return verdict('allowed', {exempt: 'no-pod'});
  if (end.pod.spec.hostNetwork === true) return verdict('allowed', {exempt: 'host-network'});
  if (peer.kind === 'pod' && samePod(end.pod, peer.pod)) return verdict('allowed', {exempt: 'itself'});
  const selected = world.policies.filter(policy => (policy.metadata.namespace ?? '') === (end.pod.metadata.namespace ?? '') && appliesTo(policy, direction, end.pod) !== false);
  if (selected.length === 0) return verdict('allowed', {exempt: 'not-selected'});
  if (direction === 'ingress' && nodeOf(peer) !== null && nodeOf(peer) === end.pod.spec.nodeName) return verdict('allowed', {exempt: 'own-node'}); // probes of the kubelet must come through
  const unsure = selected.filter(policy => appliesTo(policy, direction, end.pod) === null);
  const results = selected.flatMap(policy => rulesOf(policy, direction).map((rule, index) => {
    const result = ruleAllows(rule, peer, flow, policy.metadata.namespace ?? '', world);
    return {ref: {policy: nameOf(policy), rule: index}, result: result === 'allows' && unsure.includes(policy) ? {on: 'not-understood' as const} : result};
  }));
  const allowedBy = results.filter(({result}) => result === 'allows').map(({ref}) => ref);
  const depends = [...results.flatMap(({ref, result}) => (typeof result === 'object' && 'on' in result ? [{...ref, on: result.on}] : [])),
    ...(unsure.length === selected.length ? unsure.map(policy => ({policy: nameOf(policy), rule: null, on: 'not-understood' as const})) : [])];
  const misses = results.flatMap(({ref, result}) => (typeof result === 'object' && 'lacks' in result ? [{...ref, lacks: result.lacks}] : []));
  return verdict(allowedBy.length > 0 ? 'allowed' : depends.length > 0 ? 'depends' : 'denied', {policies: selected.map(nameOf).sort(), allowedBy, depends, misses});
}

function nameOf({metadata}: NetworkPolicy): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

function samePod(one: Pod, other: Pod): boolean {
  return one.metadata.namespace === other.metadata.namespace && one.metadata.name === other.metadata.name;
}

/** The node whose network an end is in; null: one of its own, or none of this cluster. */
function nodeOf(end: End): string | null {
  if (end.kind === 'node') return end.node;
  return end.kind === 'pod' && end.pod.spec.hostNetwork === true ? (end.pod.spec.nodeName ?? null) : null;
}

/** Without policyTypes: Ingress always, and Egress if there are egress rules (SetDefaults_NetworkPolicy). Null: not understood. */
function appliesTo({spec = {}}: NetworkPolicy, direction: Judgement['direction'], pod: Pod): boolean | null {
  const types = spec.policyTypes === undefined || spec.policyTypes.length === 0 ? ['Ingress', ...((spec.egress ?? []).length > 0 ? ['Egress'] : [])] : spec.policyTypes;
  if (!types.includes(direction === 'egress' ? 'Egress' : 'Ingress')) return false;
  return selects(spec.podSelector ?? {}, pod.metadata.labels ?? {});
}

interface Rule {
  readonly ports: readonly PolicyPort[];
  readonly peers: readonly PolicyPeer[];
}

/** No rule at all allows nothing; a rule without peers or ports allows any. */
function rulesOf({spec = {}}: NetworkPolicy, direction: Judgement['direction']): Rule[] {
  return direction === 'egress' ? (spec.egress ?? []).map(({ports = [], to = []}) => ({ports, peers: to})) : (spec.ingress ?? []).map(({ports = [], from = []}) => ({ports, peers: from}));
}

type RuleResult = 'allows' | {readonly lacks: Miss} | {readonly on: Reason};

function ruleAllows({ports, peers}: Rule, peer: End, {to, protocol, port}: Flow, namespace: string, world: World): RuleResult {
  const ofProtocol = ports.filter(each => (each.protocol ?? 'TCP') === protocol);
  if (ports.length > 0 && ofProtocol.length === 0) return {lacks: 'protocol'};
  if (ports.length > 0 && !ofProtocol.some(each => isPort(each, port, to, protocol))) return {lacks: 'port'};
  if (peers.length === 0) return 'allows';
  const results = peers.map(each => isPeer(each, peer, namespace, world));
  if (results.includes(true)) return 'allows';
  const on = results.find(result => typeof result === 'string');
  return on === undefined ? {lacks: 'peer'} : {on};
}

/** A name is one of the ports of the pod that gets the flow, whichever way the rule is for. */
function isPort({port, endPort}: PolicyPort, wanted: number, to: End, protocol: Protocol): boolean {
  if (port === undefined) return true;
  if (typeof port === 'string') return to.kind === 'pod' && portsOf(to.pod).some(each => each.name === port && each.containerPort === wanted && each.protocol === protocol);
  return endPort === undefined ? wanted === port : wanted >= port && wanted <= endPort;
}

function isPeer({podSelector, namespaceSelector, ipBlock}: PolicyPeer, end: End, namespace: string, {namespaces}: World): boolean | Reason {
  if (ipBlock !== undefined) return inBlock(ipBlock, end);
  if (podSelector === undefined && namespaceSelector === undefined) return 'not-understood'; // the API refuses it: a field that is newer than this
  if (end.kind !== 'pod') return false;
  const own = end.pod.metadata.namespace ?? '';
  const name = {'kubernetes.io/metadata.name': own}; // the API server sets it on every namespace
  const inNamespace = namespaceSelector === undefined ? own === namespace : selects(namespaceSelector, namespaces.get(own) ?? null, name);
  const isPod = selects(podSelector ?? {}, end.pod.metadata.labels ?? {});
  if (inNamespace === false || isPod === false) return false;
  if (isPod === null || (inNamespace === null && namespaces.has(own))) return 'not-understood';
  if (inNamespace === null) return 'namespace-unknown';
  return end.pod.spec.hostNetwork === true ? 'selector-of-host-network' : true;
}

function inBlock({cidr, except = []}: NonNullable<PolicyPeer['ipBlock']>, end: End): boolean | Reason {
  const [block, ...holes] = [cidr, ...except].map(parseBlock);
  if (block === undefined || block === null || holes.includes(null)) return 'not-understood';
  const inside = (end.kind === 'node' ? end.addresses : [end.address]).some(text => {
    const address = parseAddress(text);
    return address !== null && contains(block, address) && !holes.some(hole => hole !== null && contains(hole, address));
  });
  return inside && end.kind === 'pod' && end.pod.spec.hostNetwork !== true ? 'block-of-pod' : inside;
}
