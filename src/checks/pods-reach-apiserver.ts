import {isKnown} from '../cluster/answer.ts';
import {evidence, subject} from '../findings/finding.ts';
import {stateOf} from '../model/pods.ts';
import {shareOf} from './apiserver-cells.ts';
import {check, type Found} from './check.ts';

/** Symptoms: what does not get ready for want of the API server is told with what keeps it from there. */
export default check({
  id: 'pods-reach-apiserver',
  link: 'API server',
  question: 'No pod fails because the address does not answer on its node',
  needs: ['service', 'apiAnswers', 'cutOffPods'],
  can: ['pod-cut-off-from-apiserver'],
  run: ({service, apiAnswers, cutOffPods}) => {
    if (service === null) return {skipped: 'the Service does not exist'};
    const cells = apiAnswers.filter(({target, heard}) => target.kind === 'vip' && isKnown(heard));
    if (cells.length === 0) return {skipped: 'the address was asked from nowhere'};
    const findings = cutOffPods.flatMap(({pod, node, container, complaints}): Found<'pod-cut-off-from-apiserver'>[] => {
      if (complaints.length === 0) return [];
      const {namespace = '', name} = pod.metadata;
      const state = stateOf(pod);
      const isWhollyDead = shareOf(cells.filter(({from}) => from.place.node === node)) === 0;
      return [{
        code: 'pod-cut-off-from-apiserver', subject: subject('Pod', namespace, name), nodes: [node], ...(isWhollyDead ? {} : {level: 'warning' as const}),
        args: {pod: `${namespace}/${name}`, container, node, detail: 'detail' in state ? state.detail : state.state},
        evidence: [...('field' in state ? [evidence('object', `Pod ${namespace}/${name}`, state.field)] : []), ...complaints.map(line => evidence('log', `Pod ${namespace}/${name}, container ${container}`, line))],
      }];
    });
    const unread = cutOffPods.flatMap(({pod, lacking}) => (lacking === null || lacking.why === 'absent' ? [] : [{subject: subject('Pod', pod.metadata.namespace ?? '', pod.metadata.name), unknown: lacking}]));
    return {findings, unknown: unread};
  },
});
