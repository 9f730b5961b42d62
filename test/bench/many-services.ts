import {isKnown, known} from '../../src/cluster/answer.ts';
import type {EndpointSlice, KubeObject, Service} from '../../src/cluster/objects.ts';
import type {Exchange, Recording} from '../../src/cluster/recording/recording.ts';

const original = 'hostnames';

/**
 * A recording with so many copies of the Service default/hostnames: the objects, and on each node the rules that lead to it, under
 * chains and addresses of their own. The chains of its endpoints are shared, which kube-proxy's are not: a walk does not mind, and dumps stay small.
 */
export function withServices(recording: Recording, count: number): Recording {
  const service = recording.exchanges.flatMap(exchange => (exchange.ask === 'list' && exchange.query.resource === 'services' && isKnown(exchange.answer) ? exchange.answer.known : [])).find(isIt) as Service | undefined;
  const address = service?.spec.clusterIP;
  if (address === undefined) throw new Error('no Service can be copied');
  return {...recording, exchanges: recording.exchanges.map((exchange): Exchange => {
    if (exchange.ask === 'list' && isKnown(exchange.answer) && (exchange.query.resource === 'services' || exchange.query.resource === 'endpointslices')) {
      const {known: objects} = exchange.answer;
      const own = objects.filter(object => isIt(object) || (object as EndpointSlice).metadata.labels?.['kubernetes.io/service-name'] === original);
      return {...exchange, answer: known([...objects, ...Array.from({length: count}, (_, i) => own.map(object => copyOf(object, i, address))).flat()])};
    }
    if (exchange.ask !== 'node' || !isKnown(exchange.answer)) return exchange;
    const {sections} = exchange.answer.known;
    return {...exchange, answer: known({...exchange.answer.known, sections: Object.fromEntries(Object.entries(sections).map(([name, section]) => [name, name.endsWith('-save') ? {...section, stdout: rulesOf(section.stdout, count, address)} : section]))})};
  })};
}

function isIt({kind, metadata}: KubeObject): boolean {
  return kind === 'Service' && metadata.namespace === 'default' && metadata.name === original;
}

const nameOf = (i: number): string => `${original}-${String(i).padStart(5, '0')}`;
const addressOf = (i: number): string => `10.97.${i >> 8}.${i & 255}`;

function copyOf(object: KubeObject, i: number, address: string): KubeObject {
  const text = JSON.stringify(object).replaceAll(`"${address}"`, `"${addressOf(i)}"`);
  const made = JSON.parse(text) as KubeObject;
  const labels = {...made.metadata.labels, ...(made.kind === 'EndpointSlice' ? {'kubernetes.io/service-name': nameOf(i)} : {})};
  const name = made.kind === 'EndpointSlice' ? `${nameOf(i)}-slice` : nameOf(i);
  return {...made, metadata: {...made.metadata, name, uid: `${object.metadata.uid ?? ''}-${i}`, labels, ...(made.kind === 'EndpointSlice' ? {ownerReferences: [{kind: 'Service', name: nameOf(i), controller: true}]} : {})}};
}

function rulesOf(dump: string, count: number, address: string): string {
  const chain = new RegExp(`-A KUBE-SERVICES -d ${address.replaceAll('.', '\\.')}/32 .* -j (KUBE-SVC-\\w+)`).exec(dump)?.[1];
  if (chain === undefined) return dump;
  const prefix = chain.slice(0, -6);
  return dump.split('\n').flatMap(line => {
    if (!line.includes(chain)) return [line];
    return [line, ...Array.from({length: count}, (_, i) => line.replaceAll(chain, prefix + i.toString(36).toUpperCase().padStart(6, '2')).replaceAll(`${address}/32`, `${addressOf(i)}/32`).replaceAll('default/hostnames:', `default/${nameOf(i)}:`))];
  }).join('\n');
}
