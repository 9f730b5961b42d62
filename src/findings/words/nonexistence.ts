import type {ArgsOf} from '../codes.ts';
import {list} from './phrases.ts';

/** What is missing, as the end of a sentence: `does not exist: namespace shop has no Service cart`. */
export function nonexistence({reason, namespace, service, has, target}: ArgsOf['name-does-not-exist']): string {
  switch (reason) {
    case 'no-data': case 'only-type': return `exists, and has no record of that type${has.length === 0 ? '' : ` (it has ${list(has)})`}`;
    case 'no-namespace': return `does not exist: there is no namespace ${namespace}`;
    case 'namespace-not-exposed': return `does not exist for CoreDNS: its Corefile leaves namespace ${namespace} out`;
    case 'no-service': return `does not exist: namespace ${namespace} has no Service ${service}`;
    case 'swapped': return `does not exist: name and namespace are swapped, a Service ${namespace} is in namespace ${service}`;
    case 'no-ready-endpoints': return `has no address: the headless Service ${namespace}/${service} has no ready endpoint`;
    case 'no-such-endpoint': return `does not exist: no ready endpoint of Service ${namespace}/${service} has that host name${has.length === 0 ? '' : ` (there are ${list(has)})`}`;
    case 'no-such-port': return `does not exist: Service ${namespace}/${service} has no such named port${has.length === 0 ? '' : ` (it has ${list(has)})`}`;
    case 'no-ports': return `has no SRV record: Service ${namespace}/${service} has no named port`;
    case 'endpoints-not-watched': return 'has no address: the Corefile keeps CoreDNS from watching endpoints (noendpoints)';
    case 'external-name-is-address': return `has no address: Service ${namespace}/${service} has externalName ${target}, which is no name`;
    case 'external-name-loop': return `has no address: the externalName of Service ${namespace}/${service}, ${target}, leads back to itself`;
    case 'external-name-target': return `has no address: Service ${namespace}/${service} is another name for ${target}, which does not exist`;
    case 'pod-records-disabled': return 'does not exist: the Corefile has no records for pods';
    case 'not-an-address': return "does not exist: a pod's name in DNS begins with its address, such as 10-244-1-3";
    case 'no-pod': return `does not exist: no pod of namespace ${namespace} has that address`;
    case 'no-such-address': return 'does not exist: no Service and no endpoint has that address';
    case 'no-svc-or-pod': return 'does not exist: names of Services end in svc and the cluster domain';
    case 'no-address-here': return 'is no name of a Service, and has no address';
    case 'outside': return 'does not exist: it is no name of the cluster, and nobody outside knows it';
    case 'unknown': return 'does not exist: none of the names that its search list makes of it does';
  }
}
