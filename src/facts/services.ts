import type {EndpointSlice, Service, ServicePort} from '../cluster/objects.ts';
import {askedPorts} from '../model/service-ports.ts';
import type {AskedService, Learn} from './facts.ts';

const owner = 'kubernetes.io/service-name';

export const services: Learn<'services'> = async ({cluster, target, need, take}) => {
  if (target.kind !== 'node' && target.kind !== 'nodes') {
    const [service, slices] = await Promise.all([need('service'), need('slices')]);
    return service === null ? [] : [{service, ports: target.kind === 'dns' ? dnsPorts(service) : askedPorts(service, target.kind === 'service' ? target.port : null), slices}];
  }
  const [all, slices] = await Promise.all([take(cluster.list<Service>({resource: 'services'})), take(cluster.list<EndpointSlice>({resource: 'endpointslices'}))]);
  const byService = Map.groupBy(slices, ({metadata}) => `${metadata.namespace}/${metadata.labels?.[owner]}`);
  return all.map((service): AskedService => ({service, ports: service.spec.ports ?? [], slices: byService.get(`${service.metadata.namespace}/${service.metadata.name}`) ?? []}));
};

/** What resolvers ask: port 53. CoreDNS's metrics are on another. */
const dnsPorts = ({spec: {ports = []}}: Service): readonly ServicePort[] => ports.filter(({port}) => port === 53);
