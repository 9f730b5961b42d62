import {evidence} from '../findings/finding.ts';
import {portText} from '../model/endpoints.ts';
import {askedPorts} from '../model/service-ports.ts';
import {check} from './check.ts';
import {nameOf, noService, subjectOf} from './service-subject.ts';

export default check({
  id: 'service-has-port',
  link: 'Service',
  question: 'It has the port that was asked for',
  needs: ['target', 'service'],
  can: ['service-port-not-defined'],
  run: ({target, service}) => {
    if (service === null) return {skipped: noService};
    const ports = (service.spec.ports ?? []).map(port => `${portText(port)}${port.name === undefined ? '' : ` (${port.name})`}`);
    if (target.port === null) return service.spec.type === 'ExternalName' && ports.length === 0 ? {skipped: 'an ExternalName Service needs no port'} : {note: ports.join(', ')};
    if (askedPorts(service, target.port).length > 0) return {note: askedPorts(service, target.port).map(portText).join(', ')};
    return {
      findings: [{
        code: 'service-port-not-defined', subject: subjectOf(service), args: {service: nameOf(service), asked: target.port, ports},
        evidence: [evidence('object', `Service ${nameOf(service)}`, `spec.ports: ${JSON.stringify(service.spec.ports ?? [])}`)],
      }],
    };
  },
});
