import {isKnown} from '../cluster/answer.ts';
import type {ArgsOf} from '../findings/codes.ts';
import {evidence, type FindingOf, nodeSubject} from '../findings/finding.ts';
import {type PodState, stateAt} from '../model/pods.ts';
import {check} from './check.ts';
import {troubleIn} from './proxy-trouble.ts';
import {rulesState, severity} from './rules-state.ts';
import {nothingToProxy} from './service-subject.ts';

type Reason = ArgsOf['kube-proxy-not-running']['reason'];

export default check({
  id: 'kube-proxy-running',
  link: 'kube-proxy',
  question: 'Each kube-proxy runs',
  needs: ['services', 'proxies', 'examinedNodes', 'now'],
  hopes: ['comparisons', 'proxyLogs'],
  can: ['kube-proxy-not-running'],
  run: ({services, proxies, examinedNodes, now, comparisons, proxyLogs}) => {
    const idle = nothingToProxy(services);
    if (idle !== null) return {skipped: idle};
    const examined = new Set(examinedNodes.map(({metadata}) => metadata.name));
    const here = [...proxies.pods].filter(([node]) => examined.has(node));
    if (here.length === 0) return {skipped: 'no kube-proxy pod is there'};
    const findings = here.flatMap(([node, pods]): FindingOf<'kube-proxy-not-running'>[] => {
      const states = pods.map(({pod}) => ({pod, state: stateAt(pod, now)}));
      if (states.some(({state}) => state.state === 'ready')) return [];
      const [worst] = states;
      const told = worst === undefined ? null : tell(worst.state);
      if (worst === undefined || told === null) return [];
      const rules = rulesState(node, comparisons);
      const name = `${worst.pod.metadata.namespace}/${worst.pod.metadata.name}`;
      const log = isKnown(proxyLogs) ? proxyLogs.known[node] : undefined;
      const trouble = log === undefined ? null : troubleIn(log, name);
      return [{
        code: 'kube-proxy-not-running', subject: nodeSubject(node), ...severity(rules),
        args: {reason: told.reason, said: trouble?.said ?? null, node, pod: name, detail: told.detail, rules},
        evidence: [evidence('object', `Pod ${name}`, told.field), ...(trouble?.evidence ?? (log === undefined ? [] : [evidence('log', `Pod ${name}`, log.trimEnd())]))],
      }];
    });
    return {findings, note: `${here.length} of ${here.length}`};
  },
});

function tell(state: PodState): {reason: Reason; detail: string; field: string} | null {
  switch (state.state) {
    case 'ready': return null;
    case 'gone': return {reason: 'failed', detail: 'its pod has ended', field: 'status.phase: Succeeded'};
    case 'terminating': return {reason: 'pending', detail: 'its pod is being deleted', field: 'metadata.deletionTimestamp is set'};
    case 'not-ready': return {reason: 'not-ready', detail: state.detail, field: state.field};
    case 'not-running': {
      const reason: Reason = state.reason === 'init' || state.reason === 'node-lost' ? 'pending' : state.reason;
      return {reason, detail: state.detail, field: state.field};
    }
  }
}
