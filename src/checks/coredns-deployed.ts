import {evidence, subject} from '../findings/finding.ts';
import {check} from './check.ts';
import {podName} from './dns-subject.ts';
import {nameOf} from './service-subject.ts';

export default check({
  id: 'coredns-deployed',
  link: 'CoreDNS',
  question: 'CoreDNS pods exist',
  needs: ['dnsPods', 'dnsService'],
  hopes: ['workloads'],
  can: ['coredns-not-deployed'],
  run: ({dnsPods, dnsService, workloads}) => {
    if (dnsPods.length > 0) return {note: dnsPods.map(pod => `${pod.metadata.name} on ${pod.spec.nodeName ?? 'no node'}`).join(', ')};
    const service = dnsService === null ? 'kube-system/kube-dns' : nameOf(dnsService);
    const idle = 'known' in workloads ? workloads.known.find(({spec}) => spec.replicas === 0) : undefined;
    const workload = idle === undefined ? null : `${idle.kind?.toLowerCase()}/${idle.metadata.name}`;
    return {
      findings: [{
        code: 'coredns-not-deployed', subject: subject('Deployment', service.split('/')[0] ?? 'kube-system', idle?.metadata.name ?? 'coredns'),
        args: {reason: idle === undefined ? 'no-pods' : 'scaled-to-zero', service, workload},
        evidence: idle === undefined ? [] : [evidence('object', `${idle.kind} ${podName(idle as never)}`, 'spec.replicas: 0')],
      }],
    };
  },
});
