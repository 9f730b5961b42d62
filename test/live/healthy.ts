import {apply, kubectl, kubectlJson, until} from './rig.ts';
import type {Vantage} from './clients.ts';
import {app, namespace, namespaceObject, service, slice} from './services.ts';

/** A Service that looks odd and works: kdiag has to call it healthy. */
export interface HealthyCase {
  readonly name: string;
  readonly service: {readonly namespace: string; readonly name: string};
  /** What a client asks for; the VIP and first port unless said, null where HTTP is not what is spoken. */
  readonly address?: string | null;
  readonly vantages?: readonly Vantage[];
  /** A warning would be in place, an error would not. */
  readonly mayWarn?: true;
}

const ours = (name: string): HealthyCase['service'] => ({namespace, name});
const pods: readonly Vantage[] = ['pod on node1', 'pod on node2'];
const [externalIP, balancerIP] = ['203.0.113.50', '203.0.113.60'];
const nodePorts = {cluster: 30080, local: 30081};

export const healthyCases: readonly HealthyCase[] = [
  {name: 'the demo', service: {namespace: 'default', name: 'hostnames'}},
  {name: "the API server's Service: no selector, endpoints on a node's address", service: {namespace: 'default', name: 'kubernetes'}, address: null},
  {name: 'cluster DNS: UDP and TCP on one port', service: {namespace: 'kube-system', name: 'kube-dns'}, address: null},
  {name: 'no selector, a slice written by hand', service: ours('by-hand')},
  {name: 'headless', service: ours('headless'), address: `headless.${namespace}.svc.cluster.local:9376`, vantages: pods},
  {name: 'ExternalName', service: ours('alias'), address: `alias.${namespace}.svc.cluster.local`, vantages: pods},
  {name: 'NodePort, from outside', service: ours('node-port'), address: `172.30.0.11:${nodePorts.cluster}`, vantages: ['outside', 'cp', 'node1', 'pod on node2']},
  {name: 'sessionAffinity ClientIP', service: ours('sticky')},
  {name: 'publishNotReadyAddresses, no pod ready', service: ours('eager')},
  {name: 'internalTrafficPolicy Local, a pod on each node', service: ours('each-node')},
  {name: 'externalTrafficPolicy Local, a pod on each node', service: ours('each-node-outside'), address: `172.30.0.12:${nodePorts.local}`, vantages: ['outside', 'cp', 'node1']},
  {name: 'two ports', service: ours('two-ports')},
  {name: 'all pods on one node', service: ours('one-node')},
  {name: 'one pod', service: ours('single')},
  {name: 'pods in the host network', service: ours('host-network')},
  {name: 'named targetPort', service: ours('named')},
  {name: 'nine pods: shares that cannot be written exactly', service: ours('nine')},
  {name: 'externalIPs', service: ours('external-ip'), address: `${externalIP}:80`, vantages: pods},
  {name: 'LoadBalancer with an address', service: ours('balanced'), address: `${balancerIP}:80`, vantages: pods},
  {name: 'LoadBalancer without a controller', service: ours('pending'), mayWarn: true},
  {name: 'trafficDistribution PreferSameNode', service: ours('near')},
  {name: 'a finished pod matches the selector', service: ours('finished')},
  {name: "somebody else's slice adds a living pod", service: ours('shared'), mayWarn: true},
];

export async function makeHealthyCases(): Promise<void> {
  const onEachNode = eachNode('each-node');
  await apply(
    namespaceObject,
    app('plain'), app('one-node', {node: 'node2'}), app('single', {replicas: 1}), app('nine', {replicas: 9}), app('never-ready', {probe: 9999}),
    app('host-network', {replicas: 1, hostNetwork: true, node: 'node2'}), app('named', {portName: 'web'}), app('finished', {replicas: 1}), onEachNode,
    finishedPod('finished'),
    service('by-hand', {selector: null}),
    service('headless', {clusterIP: 'None'}, 'plain'),
    {apiVersion: 'v1', kind: 'Service', metadata: {namespace, name: 'alias'}, spec: {type: 'ExternalName', externalName: 'hostnames.default.svc.cluster.local'}},
    service('node-port', {type: 'NodePort', ports: [{port: 80, targetPort: 9376, nodePort: nodePorts.cluster}]}, 'plain'),
    service('sticky', {sessionAffinity: 'ClientIP'}, 'plain'),
    service('eager', {publishNotReadyAddresses: true}, 'never-ready'),
    service('each-node', {internalTrafficPolicy: 'Local'}),
    service('each-node-outside', {type: 'NodePort', externalTrafficPolicy: 'Local', ports: [{port: 80, targetPort: 9376, nodePort: nodePorts.local}]}, 'each-node'),
    service('two-ports', {ports: [{name: 'http', port: 80, targetPort: 9376}, {name: 'again', port: 8080, targetPort: 9376}]}, 'plain'),
    service('one-node'), service('single'), service('host-network'), service('nine'), service('finished'),
    service('named', {ports: [{port: 80, targetPort: 'web'}]}),
    service('external-ip', {externalIPs: [externalIP]}, 'plain'),
    service('balanced', {type: 'LoadBalancer'}, 'plain'), service('pending', {type: 'LoadBalancer'}, 'plain'),
    service('near', {trafficDistribution: 'PreferSameNode'}, 'plain'),
    service('shared', {}, 'single'),
  );
  // there is no controller that would give it one
  await kubectl(`-n ${namespace} patch svc balanced --subresource=status --type merge -p`, JSON.stringify({status: {loadBalancer: {ingress: [{ip: balancerIP}]}}}));
  for (const name of ['plain', 'one-node', 'single', 'nine', 'host-network', 'named', 'finished']) await kubectl(`-n ${namespace} rollout status deploy/${name} --timeout=120s`);
  await kubectl(`-n ${namespace} rollout status ds/each-node --timeout=120s`);
  await until('the pods that never get ready to run', 60, async () => {
    const {items} = await kubectlJson<{items: {status: {phase: string}}[]}>(`-n ${namespace} get pods -l app=never-ready`);
    return items.every(pod => pod.status.phase === 'Running') ? true : null;
  });
  const living = await addresses('plain');
  await apply(slice('by-hand', 'all', living), slice('shared', 'stranger', living.slice(0, 1)));
}

async function addresses(name: string): Promise<readonly string[]> {
  const {items} = await kubectlJson<{items: {status: {podIP: string}}[]}>(`-n ${namespace} get pods -l app=${name}`);
  return items.map(pod => pod.status.podIP);
}

/** cp as well, which has busybox's image and not that of the demo. */
function eachNode(name: string): object {
  return {
    apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: {namespace, name},
    spec: {
      selector: {matchLabels: {app: name}},
      template: {
        metadata: {labels: {app: name}},
        spec: {
          terminationGracePeriodSeconds: 1, tolerations: [{operator: 'Exists'}],
          containers: [{
            name: 'app', image: 'docker.io/library/busybox:1.36', imagePullPolicy: 'IfNotPresent', ports: [{containerPort: 9376}],
            command: ['sh', '-c', 'mkdir /tmp/www; hostname > /tmp/www/index.html; exec httpd -f -p 9376 -h /tmp/www'],
            readinessProbe: {tcpSocket: {port: 9376}, periodSeconds: 1},
          }],
        },
      },
    },
  };
}

function finishedPod(name: string): object {
  return {
    apiVersion: 'v1', kind: 'Pod', metadata: {namespace, name: `${name}-job`, labels: {app: name}},
    spec: {restartPolicy: 'Never', containers: [{name: 'app', image: 'docker.io/library/busybox:1.36', imagePullPolicy: 'IfNotPresent', command: ['true']}]},
  };
}
