import {evidence} from '../findings/finding.ts';
import {isFirstOf} from '../model/apiserver/api-servers.ts';
import {clusterIPs} from '../model/endpoints.ts';
import {apiserverSubject} from './apiserver-cells.ts';
import {check, type Found} from './check.ts';

export default check({
  id: 'apiserver-service',
  link: 'Service',
  question: "The API server's Service has the first address of the Services",
  needs: ['service'],
  hopes: ['serviceCidrs'],
  can: ['apiserver-service-missing', 'apiserver-service-wrong-vip'],
  run: ({service, serviceCidrs}) => {
    if (service === null) return {findings: [{code: 'apiserver-service-missing', subject: apiserverSubject, args: {service: 'default/kubernetes'}, evidence: []}]};
    const [address = ''] = clusterIPs(service);
    const {cidrs, from} = 'known' in serviceCidrs ? serviceCidrs.known : {cidrs: [], from: 'nothing'};
    const cidr = cidrs.find(each => isFirstOf(each, service) !== null);
    if (cidr === undefined) return {note: `${address}; where Services get their addresses from is not known`};
    const findings: Found<'apiserver-service-wrong-vip'>[] = isFirstOf(cidr, service) === false ? [{code: 'apiserver-service-wrong-vip', subject: apiserverSubject, args: {address, cidr, from}, evidence: [evidence('object', 'Service default/kubernetes', `spec.clusterIP: ${address}`), evidence('object', from, cidr)]}] : [];
    return {findings, note: `${address}, of ${cidr} (${from})`};
  },
});
