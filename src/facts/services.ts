import {isKnown} from '../cluster/answer.ts';
import type {EndpointSlice, Service, ServicePort} from '../cluster/objects.ts';
import {saidIn, waitingForApi} from '../model/dns/server-logs.ts';
import {askedPorts} from '../model/service-ports.ts';
import type {AskedService, Learn} from './facts.ts';

const owner = 'kubernetes.io/service-name';

export const services: Learn<'services'> = async ({cluster, target, need, take, try: attempt}) => {
  if (target.kind !== 'node' && target.kind !== 'nodes') {
    const [service, slices] = await Promise.all([need('service'), need('slices')]);
    const own = service === null ? [] : [{service, ports: target.kind === 'dns' ? dnsPorts(service) : askedPorts(service, target.kind === 'service' ? target.port : null), slices}];
    return target.kind === 'dns' && await isCutOff() ? [...own, ...await apiServerToo()] : own;
  }
  const {namespaces, labelSelector} = (target.kind === 'nodes' ? target.within : undefined) ?? {namespaces: [], labelSelector: null};
  const places = namespaces.length === 0 ? [{}] : namespaces.map(namespace => ({namespace}));
  const selected = labelSelector === null ? {} : {labelSelector};
  const [all, slices] = await Promise.all([
    Promise.all(places.map(place => take(cluster.list<Service>({resource: 'services', ...place, ...selected})))).then(lists => lists.flat()),
    Promise.all(places.map(place => take(cluster.list<EndpointSlice>({resource: 'endpointslices', ...place})))).then(lists => lists.flat()),
  ]);
  const byService = Map.groupBy(slices, ({metadata}) => `${metadata.namespace}/${metadata.labels?.[owner]}`);
  return all.map((service): AskedService => ({service, ports: service.spec.ports ?? [], slices: byService.get(`${service.metadata.namespace}/${service.metadata.name}`) ?? []}));

  /** Whether CoreDNS is in trouble because it does not reach the API server: then the way there is a part of DNS's. */
  async function isCutOff(): Promise<boolean> {
    const [logs, pods] = await Promise.all([attempt('dnsLogs'), attempt('dnsPods')]);
    return isKnown(logs) && isKnown(pods) && (saidIn(logs.known, pods.known, 'apiserver-unreachable').some(({troubled}) => troubled) || waitingForApi(logs.known, pods.known).length > 0);
  }

  async function apiServerToo(): Promise<AskedService[]> {
    const [service, slices] = await Promise.all([attempt('apiService'), cluster.list<EndpointSlice>({resource: 'endpointslices', namespace: 'default', labelSelector: `${owner}=kubernetes`})]);
    return isKnown(service) && service.known !== null && isKnown(slices) ? [{service: service.known, ports: service.known.spec.ports ?? [], slices: slices.known}] : [];
  }
};

/** What resolvers ask: port 53. CoreDNS's metrics are on another. */
const dnsPorts = ({spec: {ports = []}}: Service): readonly ServicePort[] => ports.filter(({port}) => port === 53);
