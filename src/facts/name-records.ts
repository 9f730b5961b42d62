import {isKnown} from '../cluster/answer.ts';
import type {EndpointSlice, KubeObject, Service} from '../cluster/objects.ts';
import {planRecord, type RecordObjects, type RecordOptions, usualOptions} from '../model/coredns/asked.ts';
import {recordsOf} from '../model/coredns/records.ts';
import {serverFor} from '../model/coredns/config.ts';
import {lookupsOf} from '../model/dns/lookups.ts';
import type {Learn} from './facts.ts';

/** Of names that were not found: what each candidate should have been answered, by the API. Few objects are asked for, and none when all is well. */
export const nameRecords: Learn<'nameRecords'> = async ({cluster, need}) => {
  const [target, resolvers, cells, domain, {config}] = await Promise.all([need('dnsTarget'), need('resolvers'), need('dnsAnswers'), need('clusterDomain'), need('corefile')]);
  if (target.name === null) return [];
  const failed = lookupsOf(resolvers, cells).filter(({done}) => done !== null && done.outcome !== 'found');
  const names = [...new Set(failed.flatMap(({expansion}) => expansion.candidates.map(({name}) => name)))];
  if (names.length === 0) return [];
  const options: RecordOptions = (config === null ? null : serverFor(config, `svc.${domain}`)?.options.kubernetes) ?? usualOptions(domain);
  const plans = names.map(name => ({name, plan: planRecord(name, options)}));
  const objects = await objectsFor(plans.flatMap(({plan}) => (plan.service === null ? [] : [plan.service])));
  return plans.map(({name}) => ({name, answer: recordsOf(name, target.type ?? 'A', objects, options)}));

  async function objectsFor(asked: readonly {readonly namespace: string; readonly name: string}[]): Promise<RecordObjects> {
    const [namespaces, ...lists] = await Promise.all([
      cluster.list<KubeObject>({resource: 'namespaces'}),
      ...[...new Set(asked.map(({namespace}) => namespace))].map(namespace => cluster.list<Service>({resource: 'services', namespace})),
      // the same name elsewhere: a courtesy, without which the rest does
      ...[...new Set(asked.map(({name}) => name))].map(name => cluster.list<Service>({resource: 'services', fieldSelector: `metadata.name=${name}`})),
    ]);
    const services = [...new Map(lists.flatMap(list => (isKnown(list) ? list.known : [])).map(service => [`${service.metadata.namespace}/${service.metadata.name}`, service])).values()];
    const exist = services.filter(({metadata}) => asked.some(({namespace, name}) => metadata.namespace === namespace && metadata.name === name));
    const slices = await Promise.all(exist.map(({metadata: {namespace = '', name}}) => cluster.list<EndpointSlice>({resource: 'endpointslices', namespace, labelSelector: `kubernetes.io/service-name=${name}`})));
    return {
      namespaces: isKnown(namespaces) ? namespaces.known.map(({metadata: {name}}) => ({name})) : null,
      services: lists.some(isKnown) ? services : null,
      slices: slices.every(isKnown) ? slices.flatMap(list => (isKnown(list) ? list.known : [])) : null,
      pods: null,
    };
  }
};
