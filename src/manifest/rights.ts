import type {Resource} from '../cluster/resources.ts';

/** The rungs of the ladder, least rights first; each has the one before it. */
export const levels = ['api', 'exec', 'debug-pods'] as const;
export type Level = (typeof levels)[number];

export function reaches(level: Level, wanted: Level): boolean {
  return levels.indexOf(level) >= levels.indexOf(wanted);
}

/** Where kube-proxy, CoreDNS and their ConfigMaps are. */
export const system = 'kube-system';

export interface Right {
  readonly verbs: readonly string[];
  /** Only objects of these names. */
  readonly names?: readonly string[];
  /** Absent: in the whole cluster. */
  readonly namespace?: string;
}

/**
 * What kdiag asks of each resource that it knows, and nothing else. ConfigMaps may hold anything, so they are read only where those
 * of kube-proxy and CoreDNS are; which of them a pod mounts is known only once that pod is seen, so there by any name.
 */
export const reading: Readonly<Record<Resource, readonly Right[]>> = {
  clusterroles: [{verbs: ['get'], names: ['system:coredns']}],
  configmaps: [{verbs: ['get'], namespace: system}, {verbs: ['get'], names: ['kube-root-ca.crt'], namespace: 'default'}],
  daemonsets: [{verbs: ['list']}],
  deployments: [{verbs: ['list']}],
  endpointslices: [{verbs: ['list']}],
  events: [{verbs: ['list']}],
  namespaces: [{verbs: ['get', 'list']}],
  networkpolicies: [{verbs: ['list']}],
  nodes: [{verbs: ['get', 'list']}],
  pods: [{verbs: ['get', 'list']}],
  servicecidrs: [{verbs: ['list']}],
  services: [{verbs: ['get', 'list']}],
  statefulsets: [{verbs: ['list']}],
};

/** The flags that keep kdiag to what a rung allows, so that it asks for nothing that would be refused. */
export function flagsFor(level: Level, namespace: string): readonly string[] {
  if (level === 'api') return ['--no-debug-pod'];
  return level === 'exec' ? ['--via', 'kube-proxy'] : ['--debug-namespace', namespace];
}
