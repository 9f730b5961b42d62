import {isKnown} from '../cluster/answer.ts';
import {evidence, subject} from '../findings/finding.ts';
import {configOf} from '../model/proxy-config.ts';
import {contains, lastHost, parseBlock} from '../model/ip.ts';
import {check} from './check.ts';
import {nothingToProxy} from './service-subject.ts';

export default check({
  id: 'kube-proxy-cluster-cidr',
  link: 'kube-proxy',
  question: "kube-proxy's clusterCIDR holds the pods' addresses",
  needs: ['services', 'nodes', 'proxies', 'proxyReports'],
  can: ['kube-proxy-wrong-cluster-cidr'],
  run: ({services, nodes, proxies, proxyReports}) => {
    const idle = nothingToProxy(services);
    if (idle !== null) return {skipped: idle};
    const running = [...proxyReports.values()].flatMap(report => (isKnown(report) && report.known.config !== null ? [report.known.config] : []));
    const configured = nodes.flatMap(({metadata}) => configOf(proxies, metadata.name) ?? []);
    const byRange = (running.length > 0 ? running : configured).filter(({detectLocalMode}) => detectLocalMode === null || detectLocalMode === '' || detectLocalMode === 'ClusterCIDR');
    const cidrs = [...new Set(byRange.flatMap(({clusterCIDR}) => (clusterCIDR ?? '').split(',')).map(text => text.trim()).filter(text => text !== ''))];
    if (cidrs.length === 0) return {skipped: 'kube-proxy tells pods by no clusterCIDR, or does not say'};
    const blocks = cidrs.flatMap(text => parseBlock(text) ?? []);
    const outside = nodes.flatMap(({metadata, spec}) => (spec?.podCIDRs ?? (spec?.podCIDR === undefined ? [] : [spec.podCIDR])).flatMap(cidr => {
      const block = parseBlock(cidr);
      const same = block === null ? [] : blocks.filter(({family}) => family === block.family);
      return block === null || same.length === 0 || same.some(each => contains(each, lastHost(block))) ? [] : [{node: metadata.name, cidr}];
    }));
    if (outside.length === 0) return {note: cidrs.join(', ')};
    return {findings: [{code: 'kube-proxy-wrong-cluster-cidr', subject: subject('ConfigMap', 'kube-system', 'kube-proxy'), args: {clusterCIDR: cidrs.join(','), outside: outside.map(({node, cidr}) => `${cidr} of ${node}`)}, evidence: [evidence('object', 'ConfigMap kube-system/kube-proxy', `clusterCIDR: ${cidrs.join(',')}`), ...outside.slice(0, 4).map(({node, cidr}) => evidence('object', `Node ${node}`, `spec.podCIDR: ${cidr}`))]}]};
  },
});
