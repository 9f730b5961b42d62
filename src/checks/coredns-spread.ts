import {evidence, subject} from '../findings/finding.ts';
import {stateOf} from '../model/pods.ts';
import {check} from './check.ts';
import {noDnsPod, podName} from './dns-subject.ts';

export default check({
  id: 'coredns-spread',
  link: 'CoreDNS',
  question: 'CoreDNS outlives the end of one node',
  needs: ['dnsPods', 'nodes'],
  can: ['coredns-single-point-of-failure'],
  run: ({dnsPods, nodes}) => {
    if (dnsPods.length === 0) return {skipped: noDnsPod};
    const ready = dnsPods.filter(pod => stateOf(pod).state === 'ready');
    const on = [...new Set(ready.map(({spec}) => spec.nodeName ?? ''))].sort();
    if (ready.length === 0) return {skipped: 'no CoreDNS pod is ready'};
    if (on.length > 1) return {note: `${ready.length} pods on ${on.length} nodes`};
    if (nodes.length < 2) return {skipped: 'the cluster has one node'};
    return {
      findings: [{
        code: 'coredns-single-point-of-failure', subject: subject('Node', null, on[0] ?? ''),
        args: {reason: ready.length === 1 ? 'one-replica' : 'one-node', node: on[0] ?? '', pods: ready.map(podName)},
        evidence: ready.map(pod => evidence('object', `Pod ${podName(pod)}`, `spec.nodeName: ${pod.spec.nodeName}`)),
      }],
    };
  },
});
