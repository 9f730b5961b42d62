import {subject} from '../findings/finding.ts';
import {clusterIPs, portText} from '../model/endpoints.ts';
import {check} from './check.ts';
import {nameOf} from './service-subject.ts';

export default check({
  id: 'dns-service-exists',
  link: 'Service',
  question: 'The DNS Service exists',
  needs: ['dnsService', 'dnsPods'],
  can: ['dns-service-missing'],
  run: ({dnsService, dnsPods}) => {
    if (dnsService !== null) return {note: `${nameOf(dnsService)}, ${clusterIPs(dnsService).join(' and ') || 'without a ClusterIP'}, ${(dnsService.spec.ports ?? []).map(portText).join(' ')}`};
    return {findings: [{code: 'dns-service-missing', subject: subject('Service', 'kube-system', 'kube-dns'), args: {namespace: 'kube-system', pods: dnsPods.map(({metadata}) => metadata.name)}, evidence: []}]};
  },
});
