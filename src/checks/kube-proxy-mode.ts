import {type Answer, isKnown, knownOf} from '../cluster/answer.ts';
import type {Facts} from '../facts/facts.ts';
import {evidence, type FindingOf, nodeSubject} from '../findings/finding.ts';
import {stateOf} from '../model/pods.ts';
import {configOf, configuredOn, usualConfigMap} from '../model/proxy-config.ts';
import {check} from './check.ts';
import {rulesState, severity} from './rules-state.ts';
import {nothingToProxy} from './service-subject.ts';

/** 1.36: `can't use the IPVS proxier: ipvs not supported`; until 1.2x: `IPVS proxier will not be used because the following required kernel modules are not loaded: […]`. */
const wantsModules = /.*(?:can't use the IPVS proxier|IPVS proxier will not be used).*/i;

export default check({
  id: 'kube-proxy-mode',
  link: 'kube-proxy',
  question: 'Each kube-proxy works in the mode that is configured',
  needs: ['services', 'proxies', 'examinedNodes'],
  hopes: ['comparisons', 'nodeRules', 'proxyLogs'],
  can: ['kube-proxy-mode-not-as-configured', 'ipvs-module-missing'],
  run: ({services, proxies, examinedNodes, comparisons, nodeRules, proxyLogs}) => {
    const idle = nothingToProxy(services);
    if (idle !== null) return {skipped: idle};
    const nodes = examinedNodes.map(({metadata}) => metadata.name).filter(node => (proxies.pods.get(node) ?? []).length > 0);
    if (nodes.length === 0) return {skipped: 'no kube-proxy pod is there'};
    const findings = nodes.flatMap((node): (FindingOf<'kube-proxy-mode-not-as-configured'> | FindingOf<'ipvs-module-missing'>)[] => {
      const configured = configuredOn(proxies, node);
      const name = proxies.pods.get(node)?.map(({pod}) => `${pod.metadata.namespace}/${pod.metadata.name}`)[0] ?? '';
      const refused = isKnown(proxyLogs) ? wantsModules.exec(proxyLogs.known[node] ?? '')?.[0] : undefined;
      if (refused !== undefined) {
        const rules = rulesState(node, comparisons);
        return [{code: 'ipvs-module-missing', subject: nodeSubject(node), ...severity(rules), confidence: 'proven', args: {node, detail: said(refused)}, evidence: [evidence('log', `Pod ${name}`, refused), ...kernel(node, nodeRules)]}];
      }
      const runs = proxies.pods.get(node)?.some(({pod}) => stateOf(pod).state === 'ready') === true;
      const [first] = knownOf(comparisons, node) ?? [];
      if (!runs || configured === null || first === undefined || first.mode === configured) return [];
      const proof = [evidence('object', `ConfigMap kube-system/${configOf(proxies, node)?.configMaps[0] ?? usualConfigMap}`, `mode: ${configured}`), evidence('rule', `rules on ${node}`, `written in mode ${first.mode}`)];
      return [{
        code: 'kube-proxy-mode-not-as-configured', subject: nodeSubject(node), evidence: configured === 'ipvs' ? [...proof, ...kernel(node, nodeRules)] : proof,
        args: {node, configured, running: first.mode, lacksIpvs: configured === 'ipvs' && lacksIpvs(node, nodeRules)},
      }];
    });
    const known = [...new Set(nodes.flatMap(node => configuredOn(proxies, node) ?? []))].sort();
    // The mode that runs is told by what it wrote: where nothing was read, nothing was compared.
    const read = nodes.filter(node => (knownOf(comparisons, node) ?? []).length > 0);
    if (findings.length === 0 && read.length === 0) return {skipped: "no node's rules were compared"};
    return {findings, ...(known.length === 0 ? {skipped: 'no configuration of it was seen'} : {note: known.join(', ')})};
  },
});

function lacksIpvs(node: string, nodeRules: Answer<Facts['nodeRules']>): boolean {
  return knownOf(nodeRules, node)?.ipvs.inKernel === false;
}

function kernel(node: string, nodeRules: Answer<Facts['nodeRules']>) {
  return lacksIpvs(node, nodeRules) ? [evidence('file', `/proc/net/ip_vs on ${node}`, 'is not there')] : [];
}

/** klog's last quoted text, or the line without its head. */
function said(line: string): string {
  return /err="([^"]+)"/.exec(line)?.[1] ?? line.replace(/^\S+ +\S+ +\d+ [\w.]+:\d+\] /, '').trim();
}
