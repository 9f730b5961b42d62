import {evidence} from '../findings/finding.ts';
import {portText, protocolOf} from '../model/endpoints.ts';
import {check} from './check.ts';
import {noDnsService} from './dns-subject.ts';
import {nameOf, subjectOf} from './service-subject.ts';

export default check({
  id: 'dns-service-ports',
  link: 'Service',
  question: 'It has port 53 over UDP and TCP',
  needs: ['dnsService'],
  can: ['dns-service-port-missing'],
  run: ({dnsService}) => {
    if (dnsService === null) return {skipped: noDnsService};
    const ports = dnsService.spec.ports ?? [];
    const missing = (['UDP', 'TCP'] as const).filter(protocol => !ports.some(port => port.port === 53 && protocolOf(port) === protocol));
    return {
      findings: missing.slice(0, 1).map(protocol => ({
        code: 'dns-service-port-missing', subject: subjectOf(dnsService),
        args: {service: nameOf(dnsService), protocol, ports: ports.map(portText)},
        evidence: [evidence('object', `Service ${nameOf(dnsService)}`, `spec.ports: ${JSON.stringify(ports)}`)],
      })),
    };
  },
});
