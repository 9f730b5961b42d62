import {isKnown} from '../cluster/answer.ts';
import {evidence, type FindingOf, nodeSubject} from '../findings/finding.ts';
import {configOf} from '../model/proxy-config.ts';
import {check} from './check.ts';
import {nothingToProxy} from './service-subject.ts';

export default check({
  id: 'kube-proxy-config-applied',
  link: 'kube-proxy',
  question: 'Each kube-proxy runs with the settings of its ConfigMap',
  needs: ['services', 'proxies', 'proxyReports'],
  can: ['kube-proxy-config-not-applied'],
  run: ({services, proxies, proxyReports}) => {
    const idle = nothingToProxy(services);
    if (idle !== null) return {skipped: idle};
    if (![...proxyReports.keys()].some(node => configOf(proxies, node) !== null)) return {skipped: 'no ConfigMap with its settings was read'};
    const told = [...proxyReports].flatMap(([node, report]) => (isKnown(report) && report.known.config !== null ? [{node, config: report.known.config}] : []));
    if (told.length === 0) return {skipped: 'no kube-proxy tells its settings (/configz)'};
    const findings = told.flatMap(({node, config}): FindingOf<'kube-proxy-config-not-applied'>[] => {
      const wanted = configOf(proxies, node);
      if (wanted === null) return [];
      const fields = [
        {field: 'mode', configured: wanted.mode || 'iptables', running: config.mode || 'iptables'},
        {field: 'clusterCIDR', configured: wanted.clusterCIDR ?? '', running: config.clusterCIDR},
      ].filter(({field, configured, running}) => configured !== running && !(field === 'clusterCIDR' && wanted.clusterCIDR === null) && !(field === 'mode' && wanted.mode === null));
      if (fields.length === 0) return [];
      const pod = proxies.pods.get(node)?.[0]?.pod.metadata;
      return [{
        code: 'kube-proxy-config-not-applied', subject: nodeSubject(node), args: {node, fields, pod: pod === undefined ? '' : `${pod.namespace}/${pod.name}`},
        evidence: fields.flatMap(({field, configured, running}) => [evidence('object', `ConfigMap kube-system/${wanted.configMaps[0]}`, `${field}: ${configured || '""'}`), evidence('probe', `GET 127.0.0.1:10249/configz on ${node}`, `"${field}":"${running}"`)]),
      }];
    });
    return {findings, note: `${told.length} of ${proxyReports.size} tell`};
  },
});
