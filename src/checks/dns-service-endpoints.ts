import {evidence} from '../findings/finding.ts';
import {familyOf} from '../model/ip.ts';
import {clusterIPs, endpointsOf, portText, unproxied} from '../model/endpoints.ts';
import {check} from './check.ts';
import {noDnsService} from './dns-subject.ts';
import {nameOf, subjectOf} from './service-subject.ts';

export default check({
  id: 'dns-service-endpoints',
  link: 'Endpoints',
  question: 'The DNS Service has ready endpoints',
  needs: ['dnsService', 'services'],
  can: ['dns-service-no-endpoints'],
  run: ({dnsService, services}) => {
    const [asked] = services;
    if (dnsService === null || asked === undefined) return {skipped: noDnsService};
    if (unproxied(dnsService) === 'external-name') return {skipped: 'it is an ExternalName'};
    const families = [...new Set(clusterIPs(dnsService).map(familyOf))];
    const {slices, ports} = asked;
    if (ports.length === 0) return {skipped: 'it has no port 53'};
    const of = ports.map(port => ({port, endpoints: families.flatMap(family => endpointsOf(slices, port, family))}));
    const poor = of.filter(({endpoints}) => !endpoints.some(({ready}) => ready));
    if (poor.length === 0) return {note: [...new Set(of.flatMap(({endpoints}) => endpoints.filter(({ready}) => ready).map(({to}) => to)))].sort().join(' ')};
    const reason = slices.length === 0 ? 'no-slice' : poor.some(({endpoints}) => endpoints.length > 0) || slices.every(({endpoints}) => (endpoints ?? []).length === 0) ? 'not-ready' : 'port-name';
    return {
      findings: [{
        code: 'dns-service-no-endpoints', subject: subjectOf(dnsService), args: {service: nameOf(dnsService), reason},
        evidence: [...slices.slice(0, 3).map(slice => evidence('object', `EndpointSlice ${slice.metadata.namespace}/${slice.metadata.name}`, `endpoints: ${JSON.stringify((slice.endpoints ?? []).map(({addresses, conditions}) => ({addresses, conditions})))}, ports: ${JSON.stringify(slice.ports ?? [])}`)),
          ...(slices.length === 0 ? [evidence('object', `Service ${nameOf(dnsService)}`, `no EndpointSlice carries its name; ports ${poor.map(({port}) => portText(port)).join(' ')}`)] : [])],
      }],
    };
  },
});
