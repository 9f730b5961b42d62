import {fileURLToPath} from 'node:url';

/** An embedded recording of a real cluster, and the command that an operator would have typed there. */
export interface Demo {
  readonly title: string;
  /** Null: name resolution as a whole, `kdiag dns`. */
  readonly service: string | null;
  readonly namespace: string;
}

/** The first one is the default. */
export const demos = {
  'one-node-lost-its-rules': {title: 'all pods are ready, and clients on one of three nodes time out', service: 'hostnames', namespace: 'default'},
  'half-the-connections-fail': {title: 'everything is green; from workers every second connection fails, from the control plane all do', service: 'nginx-web-server', namespace: 'web-system'},
  'kube-proxy-missing': {title: 'dial tcp 10.96.0.1:443 fails on one node: where the kubernetes Service comes from, and who serves it', service: 'kubernetes', namespace: 'default'},
  'pods-not-ready': {title: 'pods run, and the Service refuses connections', service: 'hostnames', namespace: 'default'},
  'coredns-replica-dead': {title: 'every second name lookup takes 5 seconds, and all pods are ready', service: null, namespace: 'default'},
  'corefile-broken': {title: 'no name is resolved any more since somebody edited a ConfigMap', service: null, namespace: 'default'},
  healthy: {title: 'nothing is wrong', service: 'hostnames', namespace: 'default'},
} as const satisfies Readonly<Record<string, Demo>>;

export type DemoName = keyof typeof demos;
export const demoNames = Object.keys(demos) as DemoName[];

/** Recordings are in src/demo/recordings, also when this runs from dist/. */
export function recordingFile(name: DemoName): string {
  return fileURLToPath(new URL(`../../src/demo/recordings/${name}.kdiag`, import.meta.url));
}
