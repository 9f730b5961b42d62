/** Objects that faults and healthy cases of their own are made of, in a namespace of their own. */
export const namespace = 'live';
export const namespaceObject = {apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace}};

const serveHostname = 'registry.k8s.io/serve_hostname:v1.4';

export interface AppOptions {
  readonly replicas?: number;
  readonly node?: 'node1' | 'node2';
  readonly hostNetwork?: boolean;
  /** The port that readiness asks. */
  readonly probe?: number;
  readonly container?: object;
  readonly pod?: object;
  readonly portName?: string;
}

/** Pods that answer each request on 9376 with their own name. */
export function app(name: string, {replicas = 2, node, hostNetwork, probe = 9376, container = {}, pod = {}, portName}: AppOptions = {}): object {
  return {
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: {namespace, name},
    spec: {
      replicas, selector: {matchLabels: {app: name}},
      template: {
        metadata: {labels: {app: name}},
        spec: {
          terminationGracePeriodSeconds: 1,
          ...(node === undefined ? {} : {nodeSelector: {'kubernetes.io/hostname': node}}),
          ...(hostNetwork === undefined ? {} : {hostNetwork}),
          containers: [{
            name: 'app', image: serveHostname, imagePullPolicy: 'IfNotPresent',
            ports: [{containerPort: 9376, ...(portName === undefined ? {} : {name: portName})}],
            readinessProbe: {httpGet: {path: '/', port: probe}, periodSeconds: 1, timeoutSeconds: 5},
            ...container,
          }],
          ...pod,
        },
      },
    },
  };
}

export function service(name: string, spec: object = {}, appName = name): object {
  return {apiVersion: 'v1', kind: 'Service', metadata: {namespace, name}, spec: {selector: {app: appName}, ports: [{name: 'http', port: 80, targetPort: 9376}], ...spec}};
}

/** A slice written by hand, with the addresses given. */
export function slice(serviceName: string, suffix: string, addresses: readonly string[], port: object = {name: 'http', port: 9376}): object {
  return {
    apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: 'IPv4',
    metadata: {namespace, name: `${serviceName}-${suffix}`, labels: {'kubernetes.io/service-name': serviceName, 'endpointslice.kubernetes.io/managed-by': 'live-test.kdiag.example'}},
    endpoints: addresses.map(address => ({addresses: [address], conditions: {ready: true}})),
    ports: [{protocol: 'TCP', ...port}],
  };
}
