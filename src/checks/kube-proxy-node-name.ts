import {isKnown} from '../cluster/answer.ts';
import {evidence, type FindingOf, nodeSubject} from '../findings/finding.ts';
import type {Proxies} from '../model/proxy.ts';
import {check} from './check.ts';
import {troubleIn} from './proxy-trouble.ts';
import {rulesState} from './rules-state.ts';
import {noneAsked, nothingToProxy} from './service-subject.ts';

export default check({
  id: 'kube-proxy-node-name',
  link: 'kube-proxy',
  question: 'Each kube-proxy goes by the name of its node',
  needs: ['services', 'proxies', 'proxyReports'],
  hopes: ['comparisons', 'proxyLogs'],
  can: ['kube-proxy-wrong-node-name'],
  run: ({services, proxies, proxyReports, comparisons, proxyLogs}) => {
    const idle = nothingToProxy(services);
    if (idle !== null) return {skipped: idle};
    if (proxyReports.size === 0) return {skipped: noneAsked};
    const told = [...proxyReports].flatMap(([node, report]) => {
      const config = isKnown(report) ? report.known.config : null;
      // Empty: the host's name, which is not known here. kube-proxy takes names in small letters (pkg/util/node).
      if (config !== null) return [{node, name: config.hostnameOverride.trim().toLowerCase() || node, proof: evidence('probe', `GET 127.0.0.1:10249/configz on ${node}`, `"hostnameOverride":"${config.hostnameOverride}"`)}];
      // One that waits for the Node of its name opens no port.
      const log = isKnown(proxyLogs) ? proxyLogs.known[node] : undefined;
      const trouble = log === undefined ? null : troubleIn(log, podOf(proxies, node));
      return trouble?.said.cause === 'node-unknown' ? [{node, name: trouble.said.detail, proof: trouble.evidence[0]!}] : [];
    });
    if (told.length === 0) return {skipped: 'no kube-proxy tells its settings (/configz)'};
    const findings = told.filter(({node, name}) => name !== node).map(({node, name, proof}): FindingOf<'kube-proxy-wrong-node-name'> => ({
      code: 'kube-proxy-wrong-node-name', subject: nodeSubject(node), ...(rulesState(node, comparisons) === 'broken' ? {level: 'error' as const} : {}), args: {node, name, pod: podOf(proxies, node)},
      evidence: [proof, evidence('object', `Node ${node}`, `metadata.name: ${node}`)],
    }));
    return {findings, note: `${told.length} of ${proxyReports.size} tell`};
  },
});

function podOf({pods}: Proxies, node: string): string {
  const pod = pods.get(node)?.[0]?.pod.metadata;
  return pod === undefined ? '' : `${pod.namespace}/${pod.name}`;
}
