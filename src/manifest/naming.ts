import {version} from '../version.ts';

export type Labels = Readonly<Record<string, string>>;

/** A Kubernetes object as it is applied. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {readonly name: string; readonly namespace?: string; readonly labels: Labels};
  readonly [field: string]: unknown;
}

/** The ServiceAccount's name, and that of what is alone of its kind in kdiag's own namespace. */
export const account = 'kdiag';

/**
 * Not `app.kubernetes.io/managed-by: kdiag`: that is the mark of debug pods, which kdiag deletes.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
 */
export function labelsOf(component: string): Labels {
  return {'app.kubernetes.io/name': 'kdiag', 'app.kubernetes.io/component': component, 'app.kubernetes.io/version': version.replace(/[^\w.-]/g, '_')};
}

/** The name of what is not in kdiag's own namespace: two installations must not take each other's bindings away. */
export function outside(namespace: string, what: string): string {
  return namespace === account ? `${account}-${what}` : `${account}-${namespace}-${what}`;
}

/** PodSecurity admits what the pods there need and no more: https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
export function namespaceFor(name: string, security: 'restricted' | 'privileged'): Manifest {
  return {apiVersion: 'v1', kind: 'Namespace', metadata: {name, labels: {...labelsOf('namespace'), 'pod-security.kubernetes.io/enforce': security}}};
}
