import {isKnown} from '../cluster/answer.ts';
import {evidence, type FindingOf, nodeSubject} from '../findings/finding.ts';
import {configOf, hostOf} from '../model/proxy-config.ts';
import {check} from './check.ts';
import {noneAsked, nothingToProxy} from './service-subject.ts';

export default check({
  id: 'kube-proxy-config-applied',
  link: 'kube-proxy',
  question: 'Each kube-proxy runs with the settings of its ConfigMap',
  needs: ['services', 'proxies', 'proxyReports'],
  can: ['kube-proxy-config-not-applied'],
  run: ({services, proxies, proxyReports}) => {
    const idle = nothingToProxy(services);
    if (idle !== null) return {skipped: idle};
    if (proxyReports.size === 0) return {skipped: noneAsked};
    if (![...proxyReports.keys()].some(node => configOf(proxies, node) !== null)) return {skipped: 'no ConfigMap with its settings was read'};
    const told = [...proxyReports].flatMap(([node, report]) => (isKnown(report) && report.known.config !== null ? [{node, config: report.known.config, servers: report.known.work?.servers ?? []}] : []));
    if (told.length === 0) return {skipped: 'no kube-proxy tells its settings (/configz)'};
    const findings = told.flatMap(({node, config, servers}): FindingOf<'kube-proxy-config-not-applied'>[] => {
      const wanted = configOf(proxies, node);
      if (wanted === null) return [];
      const server = hostOf(wanted.server ?? '');
      const fields = [
        {field: 'mode', configured: wanted.mode || 'iptables', running: config.mode || 'iptables'},
        {field: 'clusterCIDR', configured: wanted.clusterCIDR ?? '', running: config.clusterCIDR},
        ...(server === null || servers.length === 0 || servers.includes(server) ? [] : [{field: 'server', configured: server, running: servers.join(', ')}]),
      ].filter(({field, configured, running}) => configured !== running && !(field === 'clusterCIDR' && wanted.clusterCIDR === null) && !(field === 'mode' && wanted.mode === null));
      if (fields.length === 0) return [];
      const pod = proxies.pods.get(node)?.[0]?.pod.metadata;
      return [{
        code: 'kube-proxy-config-not-applied', subject: nodeSubject(node), args: {node, fields, pod: pod === undefined ? '' : `${pod.namespace}/${pod.name}`},
        evidence: fields.flatMap(({field, configured, running}) => [evidence('object', `ConfigMap kube-system/${wanted.configMaps[0]}`, `${field}: ${configured || '""'}`), field === 'server' ? evidence('probe', `GET 127.0.0.1:10249/metrics on ${node}`, `rest_client_requests_total{host="${running}"}`) : evidence('probe', `GET 127.0.0.1:10249/configz on ${node}`, `"${field}":"${running}"`)]),
      }];
    });
    return {findings, note: `${told.length} of ${proxyReports.size} tell`};
  },
});
