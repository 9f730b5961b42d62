import {isKnown} from '../cluster/answer.ts';
import {evidence, type FindingOf, nodeSubject} from '../findings/finding.ts';
import {readsConfigMap} from '../model/proxy.ts';
import {check} from './check.ts';
import {nothingToProxy} from './service-subject.ts';

export default check({
  id: 'kube-proxy-config-applied',
  link: 'kube-proxy',
  question: 'Each kube-proxy runs with the settings of its ConfigMap',
  needs: ['services', 'proxies', 'proxyConfig', 'proxyReports'],
  can: ['kube-proxy-config-not-applied'],
  run: ({services, proxies, proxyConfig, proxyReports}) => {
    const idle = nothingToProxy(services);
    if (idle !== null) return {skipped: idle};
    if (proxyConfig === null) return {skipped: 'there is no ConfigMap kube-system/kube-proxy'};
    const told = [...proxyReports].flatMap(([node, report]) => (isKnown(report) && report.known.config !== null ? [{node, config: report.known.config}] : []));
    if (told.length === 0) return {skipped: 'no kube-proxy tells its settings (/configz)'};
    const findings = told.flatMap(({node, config}): FindingOf<'kube-proxy-config-not-applied'>[] => {
      if (!readsConfigMap(proxies, node)) return [];
      const fields = [
        {field: 'mode', configured: proxyConfig.mode || 'iptables', running: config.mode || 'iptables'},
        {field: 'clusterCIDR', configured: proxyConfig.clusterCIDR ?? '', running: config.clusterCIDR},
      ].filter(({field, configured, running}) => configured !== running && !(field === 'clusterCIDR' && proxyConfig.clusterCIDR === null) && !(field === 'mode' && proxyConfig.mode === null));
      if (fields.length === 0) return [];
      const pod = proxies.pods.get(node)?.[0]?.pod.metadata;
      return [{
        code: 'kube-proxy-config-not-applied', subject: nodeSubject(node), args: {node, fields, pod: pod === undefined ? '' : `${pod.namespace}/${pod.name}`},
        evidence: fields.flatMap(({field, configured, running}) => [evidence('object', 'ConfigMap kube-system/kube-proxy', `${field}: ${configured || '""'}`), evidence('probe', `GET 127.0.0.1:10249/configz on ${node}`, `"${field}":"${running}"`)]),
      }];
    });
    return {findings, note: `${told.length} of ${proxyReports.size} tell`};
  },
});
