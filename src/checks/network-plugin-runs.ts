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
  hopes: ['pluginPods', 'networkLosses'],
  can: ['network-plugin-not-running'],
  run: ({nodes, pluginPods, networkLosses}) => {
    const losses = isKnown(networkLosses) ? networkLosses.known : [];
    const plugins = isKnown(pluginPods) ? pluginPods.known : [];
    const findings = nodes.flatMap((node): Found<'network-plugin-not-running'>[] => {
      const {name} = node.metadata;
      const said = notInitialised(node);
      const here = plugins.filter(pod => pod.spec.nodeName === name);
      // one that is being replaced, or has just started, is no trouble yet
      const failing = here.some(pod => stateOf(pod).state === 'ready') ? undefined : here.find(pod => { const own = stateOf(pod); return own.state === 'not-running' && !['pending', 'init'].includes(own.reason); });
      const state = failing === undefined ? null : stateOf(failing);
      if (said === null && (state === null || failing === undefined)) return [];
      const pod = failing === undefined ? null : `${failing.metadata.namespace}/${failing.metadata.name}`;
      const detail = state !== null && 'detail' in state ? String(state.detail) : state?.state ?? '';
      return [{
        // what a plug-in has set up stays when its pod stops: only what the kubelet misses breaks pods now
        code: 'network-plugin-not-running', subject: nodeSubject(name), nodes: [name], ...(said === null && !losses.some(({from, to}) => from === name || to === name) ? {level: 'warning' as const} : {}),
        args: {reason: said === null ? 'pod' : 'not-initialised', node: name, pod, detail: said ?? detail},
        evidence: [...(said === null ? [] : [evidence('object', `Node ${name}`, said)]), ...(pod === null ? [] : [evidence('object', `Pod ${pod}`, detail)])],
      }];
    });
    // what nodes complain of is told all the same
    if (!isKnown(pluginPods)) return {findings, unknown: [{subject: null, unknown: pluginPods.unknown}]};
    return {findings, note: plugins.length === 0 ? 'no plug-in that kdiag knows by name has pods; no node complains' : `${plugins.length} pods`};
  },
});
