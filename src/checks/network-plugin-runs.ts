import {isKnown} from '../cluster/answer.ts';
import {evidence, nodeSubject} from '../findings/finding.ts';
import {notInitialised} from '../model/network/plugin.ts';
import {stateOf} from '../model/pods.ts';
import {check, type Found} from './check.ts';

export default check({
  id: 'network-plugin-runs',
  link: 'Pod network',
  question: 'The network plug-in runs on each node',
  needs: ['nodes'],
  hopes: ['pluginPods'],
  can: ['network-plugin-not-running'],
  run: ({nodes, pluginPods}) => {
    const plugins = isKnown(pluginPods) ? pluginPods.known : [];
    const findings = nodes.flatMap((node): Found<'network-plugin-not-running'>[] => {
      const {name} = node.metadata;
      const said = notInitialised(node);
      const failing = plugins.find(pod => pod.spec.nodeName === name && stateOf(pod).state !== 'ready');
      const state = failing === undefined ? null : stateOf(failing);
      if (said === null && (state === null || failing === undefined)) return [];
      const pod = failing === undefined ? null : `${failing.metadata.namespace}/${failing.metadata.name}`;
      const detail = state !== null && 'detail' in state ? String(state.detail) : state?.state ?? '';
      return [{
        // what a plug-in has set up stays when its pod stops: only what the kubelet misses breaks pods now
        code: 'network-plugin-not-running', subject: nodeSubject(name), nodes: [name], ...(said === null ? {level: 'warning' as const} : {}),
        args: {reason: said === null ? 'pod' : 'not-initialised', node: name, pod, detail: said ?? detail},
        evidence: [...(said === null ? [] : [evidence('object', `Node ${name}`, said)]), ...(pod === null ? [] : [evidence('object', `Pod ${pod}`, detail)])],
      }];
    });
    return {findings, note: plugins.length === 0 ? 'no plug-in that kdiag knows by name has pods; no node complains' : `${plugins.length} pods`};
  },
});
