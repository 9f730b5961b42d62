import {everywhere, type Fault} from '../fault.ts';
import {app, namespace, namespaceObject, service, slice} from '../services.ts';
import {apply, kubectl, kubectlJson, patch, until} from '../rig.ts';

const cut = {share: 0, why: 'timeout'} as const;
const refused = everywhere({share: 0, why: 'refused'});
const subject = {kind: 'Service', name: 'hostnames'};
const nowhere = {exit: 1, status: ['broken'], reach: {cp: 0, node1: 0, node2: 0}} as const;
const container = '/spec/template/spec/containers/0';
/** Recreate: or the old pods would stay, since the new ones never get ready. */
const recreate = {op: 'replace', path: '/spec/strategy', value: {type: 'Recreate'}} as const;

/** The Service's own objects: selector, ports, pods, slices, policies. */
export const serviceFaults: readonly Fault[] = [
  {
    name: 'readiness asks the wrong port',
    break: () => change('deploy hostnames', recreate, {op: 'replace', path: `${container}/readinessProbe/httpGet/port`, value: 9999}),
    clients: refused,
    expect: {...nowhere, code: ['service-pods-not-ready'], subject},
  },
  {
    name: 'selector matches no pod',
    break: () => change('svc hostnames', {op: 'replace', path: '/spec/selector/app', value: 'hostname'}),
    clients: refused,
    expect: {...nowhere, code: ['service-selector-matches-no-pod'], subject},
  },
  {
    name: 'named targetPort that no container has',
    break: () => change('svc hostnames', {op: 'replace', path: '/spec/ports/0/targetPort', value: 'web'}),
    clients: refused,
    expect: {...nowhere, code: ['service-target-port-unresolved'], subject},
  },
  {
    name: 'deployment scaled to 0',
    break: async () => {
      await kubectl('scale deploy hostnames --replicas=0');
      await podsGone();
    },
    clients: refused,
    expect: {...nowhere, code: ['service-selector-matches-no-pod'], subject, reason: 'scaled-to-zero'},
  },
  {
    name: 'image that cannot be pulled',
    break: async () => {
      await change('deploy hostnames', recreate, {op: 'replace', path: `${container}/image`, value: 'registry.rig.example/hostnames:v0.0.1'});
      await podsWaiting('ImagePullBackOff');
    },
    clients: refused,
    expect: {...nowhere, code: ['service-pods-not-running'], subject, reason: 'image-pull'},
  },
  {
    name: 'containers crash',
    break: async () => {
      await change('deploy hostnames', recreate, {op: 'replace', path: `${container}/image`, value: 'docker.io/library/busybox:1.36'}, {op: 'add', path: `${container}/command`, value: ['sh', '-c', 'echo no disk left; exit 3']});
      await podsWaiting('CrashLoopBackOff');
    },
    clients: refused,
    expect: {...nowhere, code: ['service-pods-not-running'], subject, reason: 'crash-loop'},
  },
  {
    name: 'pods that no node has room for', rarely: true,
    break: () => change('deploy hostnames', recreate, {op: 'add', path: `${container}/resources`, value: {requests: {cpu: '200'}}}),
    clients: refused,
    expect: {...nowhere, code: ['service-pods-not-running'], subject, reason: 'pending'},
  },
  {
    name: 'targetPort on which nothing listens',
    break: () => change('svc hostnames', {op: 'replace', path: '/spec/ports/0/targetPort', value: 9377}),
    clients: refused,
    expect: {exit: 1, status: ['broken'], code: ['service-target-port-not-listening']},
  },
  {
    name: 'a slice of somebody else adds a dead address', service: {namespace, name: 'extra'}, tries: 40,
    break: async () => {
      await own(app('extra'), service('extra'), slice('extra', 'stranger', ['10.244.9.99']));
    },
    repair: gone,
    clients: everywhere({share: 2 / 3, why: 'timeout'}),
    // the address might be a machine outside the cluster, which the API cannot tell
    expect: {exit: [0, 1], status: ['degraded', 'broken'], code: ['endpoints-disagree-with-pods'], subject: {kind: 'Service', name: 'extra'}},
  },
  {
    name: 'no selector and no slice', rarely: true, service: {namespace, name: 'unfinished'},
    break: async () => {
      await own(service('unfinished', {selector: null}));
    },
    repair: gone,
    clients: refused,
    expect: {...nowhere, subject: {kind: 'Service', name: 'unfinished'}},
  },
  {
    name: 'no selector, and a slice whose port has another name', service: {namespace, name: 'misnamed'},
    break: async () => {
      await own(app('misnamed-app'), service('misnamed-app'), service('misnamed', {selector: null}));
      await apply(slice('misnamed', 'hand', await podAddresses('misnamed-app'), {name: 'web', port: 9376}));
    },
    repair: gone,
    clients: refused,
    expect: {...nowhere, subject: {kind: 'Service', name: 'misnamed'}},
  },
  {
    name: 'externalTrafficPolicy Local, no endpoint on node1', service: {namespace, name: 'external-local'}, legacy: true,
    break: async () => {
      await own(app('external-local', {node: 'node2'}), service('external-local', {type: 'NodePort', externalTrafficPolicy: 'Local'}));
    },
    repair: gone,
    address: async () => {
      const {spec} = await kubectlJson<{spec: {ports: [{nodePort: number}]}}>(`-n ${namespace} get svc external-local`);
      return `172.30.0.11:${spec.ports[0].nodePort}`;
    },
    // node1 itself and its pods are spared: its rules send what comes from them to all endpoints
    clients: {outside: cut, cp: cut, node2: cut, 'pod on node2': cut},
    expect: {exit: 1, status: ['broken', 'degraded'], code: ['external-policy-without-local-endpoint']},
  },
  {
    name: 'internalTrafficPolicy Local, no endpoint on node1', service: {namespace, name: 'internal-local'},
    break: async () => {
      await own(app('internal-local', {node: 'node2'}), service('internal-local', {internalTrafficPolicy: 'Local'}));
    },
    repair: gone,
    clients: {cp: cut, node1: cut, 'pod on node1': cut},
    expect: {exit: 1, status: ['broken'], code: ['internal-policy-without-local-endpoint'], reach: {cp: 0, node1: 0, node2: 1}},
  },
  {
    name: 'half of the pods are not ready: the others carry it', service: {namespace, name: 'half'},
    break: async () => {
      await own(app('half', {replicas: 1}), service('half', {selector: {half: 'yes'}}));
      await apply(labelled('half', 'half-good', 9376), labelled('half', 'half-bad', 9999));
      await kubectl(`-n ${namespace} rollout status deploy/half-good --timeout=60s`);
    },
    repair: gone,
    clients: {},
    expect: {exit: 0, status: ['degraded', 'healthy'], reach: {cp: 1, node1: 1, node2: 1}},
  },
  {
    name: 'all pods are terminating, and still serve', service: {namespace, name: 'leaving'},
    break: async () => {
      await own(app('leaving', {pod: {terminationGracePeriodSeconds: 300}, container: {lifecycle: {preStop: {sleep: {seconds: 290}}}}}), service('leaving'));
      await kubectl(`-n ${namespace} delete deploy leaving --wait=false`);
      await until('the pods to be terminating', 30, async () => {
        const {items} = await kubectlJson<{items: {metadata: {deletionTimestamp?: string}}[]}>(`-n ${namespace} get pods -l app=leaving`);
        return items.every(pod => pod.metadata.deletionTimestamp !== undefined) ? true : null;
      });
    },
    repair: async () => {
      await kubectl(`-n ${namespace} delete pod -l app=leaving --force --grace-period=0`);
      await gone();
    },
    clients: {},
    expect: {exit: 0, status: ['degraded'], code: ['endpoints-terminating-only'], reach: {cp: 1, node1: 1, node2: 1}},
  },
];

const change = async (what: string, ...operations: Parameters<typeof patch> extends [string, ...infer Rest] ? Rest : never): Promise<void> => {
  await patch(what, ...operations);
};

/** Deployments of the objects are waited for. */
async function own(...objects: readonly object[]): Promise<void> {
  await apply(namespaceObject, ...objects);
  await kubectl(`-n ${namespace} rollout status deploy --timeout=60s`).catch((error: unknown) => {
    if (!/no resources found/i.test(String(error))) throw error;
  });
}

async function gone(): Promise<void> {
  await kubectl(`delete namespace ${namespace} --timeout=90s`);
}

function labelled(label: string, name: string, probe: number): object {
  const deployment = app(name, {replicas: 1, probe}) as {spec: {template: {metadata: {labels: Record<string, string>}}}};
  deployment.spec.template.metadata.labels[label] = 'yes';
  return deployment;
}

export async function podAddresses(name: string): Promise<readonly string[]> {
  const {items} = await kubectlJson<{items: {status: {podIP: string}}[]}>(`-n ${namespace} get pods -l app=${name}`);
  return items.map(pod => pod.status.podIP);
}

async function podsGone(): Promise<void> {
  await until('the pods to go', 30, async () => ((await kubectl('get pods -l app=hostnames -o name')) === '' ? true : null));
}

async function podsWaiting(reason: string): Promise<void> {
  type Pods = {items: {status?: {containerStatuses?: {state?: {waiting?: {reason?: string}}}[]}}[]};
  await until(`a pod in ${reason}`, 90, async () => {
    const {items} = await kubectlJson<Pods>('get pods -l app=hostnames');
    return items.some(pod => pod.status?.containerStatuses?.[0]?.state?.waiting?.reason === reason) ? true : null;
  });
}
