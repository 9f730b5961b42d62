import type * as http from 'node:http';
import type {Pod} from '../../../../src/cluster/objects.ts';
import {type Received, json, status} from './fake-api-server.ts';

export interface FakePods {
  readonly pods: Map<string, Pod>;
  /** Of each create that was not a dry run: the body as it came. */
  readonly created: Pod[];
  readonly dryRuns: Pod[];
  /** For Behaviour.answer. */
  answer(request: Received, response: http.ServerResponse): void;
}

/** The pods of an API server: creates, lists by label, deletes. `become` says what status a pod has at its n-th listing. */
export function fakePods(hooks: {
  readonly become?: (pod: Pod, listing: number) => Pod['status'];
  readonly create?: (pod: Pod, response: http.ServerResponse, proceed: () => void) => void;
  readonly dryRun?: (pod: Pod, response: http.ServerResponse, proceed: () => void) => void;
  readonly remove?: (name: string, response: http.ServerResponse, proceed: () => void) => void;
  readonly list?: (response: http.ServerResponse, proceed: () => void) => void;
} = {}): FakePods {
  const pods = new Map<string, Pod>();
  const listings = new Map<string, number>();
  const created: Pod[] = [];
  const dryRuns: Pod[] = [];
  const become = hooks.become ?? running;

  function create(request: Received, response: http.ServerResponse): void {
    const asked = JSON.parse(request.body) as Pod & {metadata: {generateName: string}};
    const pod = {...asked, metadata: {...asked.metadata, namespace: request.path.split('/')[4]!, name: `${asked.metadata.generateName}${created.length + 1}`}};
    if (request.query.get('dryRun') === 'All') {
      dryRuns.push(pod);
      return hooks.dryRun === undefined ? json(response, pod, 201) : hooks.dryRun(pod, response, () => json(response, pod, 201));
    }
    created.push(pod);
    const proceed = (): void => {
      pods.set(pod.metadata.name, pod);
      json(response, pod, 201);
    };
    return hooks.create === undefined ? proceed() : hooks.create(pod, response, proceed);
  }

  function list(request: Received, response: http.ServerResponse): void {
    const [key = '', value = ''] = (request.query.get('labelSelector') ?? '').split('=');
    const found = [...pods.values()].filter(pod => pod.metadata.labels?.[key] === value);
    const items = found.map(pod => {
      const listing = (listings.get(pod.metadata.name) ?? 0) + 1;
      listings.set(pod.metadata.name, listing);
      return {...pod, status: pod.status ?? become(pod, listing)};
    });
    const proceed = (): void => json(response, {kind: 'PodList', items});
    return hooks.list === undefined ? proceed() : hooks.list(response, proceed);
  }

  function remove(name: string, response: http.ServerResponse): void {
    const proceed = (): void => (pods.delete(name) ? json(response, {kind: 'Status', status: 'Success'}) : status(response, 404, 'NotFound', `pods "${name}" not found`));
    return hooks.remove === undefined ? proceed() : hooks.remove(name, response, proceed);
  }

  return {
    pods,
    created,
    dryRuns,
    answer(request, response) {
      if (request.path.endsWith('/daemonsets')) json(response, {kind: 'DaemonSetList', items: []});
      else if (request.method === 'POST') create(request, response);
      else if (request.method === 'DELETE') remove(request.path.split('/').at(-1)!, response);
      else list(request, response);
    },
  };
}

export function running(): NonNullable<Pod['status']> {
  return {phase: 'Running', containerStatuses: [{name: 'kdiag', state: {running: {}}}]};
}

export function waiting(reason: string, message?: string): NonNullable<Pod['status']> {
  return {phase: 'Pending', containerStatuses: [{name: 'kdiag', state: {waiting: {reason, ...(message !== undefined && {message})}}}]};
}
