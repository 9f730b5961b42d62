import {knownOf} from '../cluster/answer.ts';
import type {Node, Workload} from '../cluster/objects.ts';
import {type Evidence, evidence, type FindingOf, nodeSubject, subject} from '../findings/finding.ts';
import type {Proxies} from '../model/proxy.ts';
import {daemonSetRefusal, taintText} from '../model/scheduling.ts';
import {check} from './check.ts';
import {type RulesState, rulesState, severity} from './rules-state.ts';
import {nothingToProxy} from './service-subject.ts';

export default check({
  id: 'kube-proxy-on-each-node',
  link: 'kube-proxy',
  question: 'kube-proxy is on each node',
  needs: ['services', 'proxies', 'examinedNodes'],
  hopes: ['comparisons', 'nodeRules'],
  can: ['kube-proxy-missing', 'kube-proxy-replaced'],
  run: ({services, proxies, examinedNodes, comparisons, nodeRules}) => {
    const idle = nothingToProxy(services);
    if (idle !== null) return {skipped: idle};
    const {replacement} = proxies;
    if (replacement !== null) {
      return {findings: [{code: 'kube-proxy-replaced', subject: subject('Cluster', null, replacement.by), args: {by: replacement.by, detail: replacement.detail}, evidence: [evidence('object', 'nodes and pods of kube-system', replacement.detail)]}]};
    }
    const without = examinedNodes.filter(({metadata}) => (proxies.pods.get(metadata.name) ?? []).length === 0);
    if (without.length === 0) return {note: `${examinedNodes.length} of ${examinedNodes.length}`};
    const outside = without.filter(({metadata}) => knownOf(nodeRules, metadata.name)?.processes.some(name => name.startsWith('kube-proxy')) === true);
    const missing = without.filter(node => !outside.includes(node));
    const findings = missing.map(node => missingOn(node, proxies, rulesState(node.metadata.name, comparisons)));
    return {findings, note: `${examinedNodes.length} of ${examinedNodes.length}, on ${outside.length} as a process outside of pods`};
  },
});

function missingOn(node: Node, proxies: Proxies, rules: RulesState): FindingOf<'kube-proxy-missing'> {
  const name = node.metadata.name;
  const refusals = proxies.daemonSets.map(set => ({set, refusal: daemonSetRefusal(set, node)}));
  // With several DaemonSets (one per mode or architecture) the one that would come to this node tells most.
  const {set, refusal} = refusals.find(each => each.refusal === null) ?? refusals[0] ?? {set: null, refusal: null};
  const base = {code: 'kube-proxy-missing' as const, subject: nodeSubject(name), ...severity(rules)};
  if (set === null) {
    return {...base, args: {reason: 'no-daemonset', node: name, daemonSet: null, detail: proxies.pods.size > 0 ? 'no DaemonSet puts it there; on other nodes it is a pod of its own (a static pod)' : 'the cluster has no kube-proxy DaemonSet, and nothing known to replace it', rules}, evidence: [evidence('object', 'daemonsets of kube-system', 'none runs kube-proxy')]};
  }
  const daemonSet = `${set.metadata.namespace}/${set.metadata.name}`;
  const args = {node: name, daemonSet, rules};
  if (refusal?.reason === 'taint') return {...base, args: {...args, reason: 'taint', detail: `DaemonSet ${daemonSet} does not tolerate its taint ${taintText(refusal.taint)}`}, evidence: [evidence('object', `Node ${name}`, `spec.taints: ${JSON.stringify(node.spec?.taints)}`), evidence('object', `DaemonSet ${daemonSet}`, `tolerations: ${JSON.stringify(set.spec.template.spec.tolerations ?? [])}`)]};
  if (refusal?.reason === 'node-selector') return {...base, args: {...args, reason: 'node-selector', detail: `DaemonSet ${daemonSet} does not want it: ${refusal.requirement}`}, evidence: [selection(set, daemonSet), evidence('object', `Node ${name}`, `labels: ${JSON.stringify(node.metadata.labels ?? {})}`)]};
  const {desiredNumberScheduled: desired, currentNumberScheduled: current} = set.status ?? {};
  return {...base, args: {...args, reason: 'not-scheduled', detail: `DaemonSet ${daemonSet} should have put a pod there and has not (${current ?? '?'} of ${desired ?? '?'} scheduled)`}, evidence: [evidence('object', `DaemonSet ${daemonSet}`, `status: ${JSON.stringify(set.status ?? {})}`)]};
}

function selection(set: Workload, daemonSet: string): Evidence {
  const {nodeSelector, affinity} = set.spec.template.spec;
  return evidence('object', `DaemonSet ${daemonSet}`, `nodeSelector: ${JSON.stringify(nodeSelector ?? {})}, affinity: ${JSON.stringify(affinity ?? {})}`);
}
