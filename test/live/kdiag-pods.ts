import {kubectl, kubectlJson} from './rig.ts';

export const selector = 'app.kubernetes.io/managed-by=kdiag';

interface OurPod {
  readonly metadata: {readonly name: string; readonly namespace: string};
  readonly spec: {
    readonly nodeName?: string;
    readonly activeDeadlineSeconds?: number;
    readonly automountServiceAccountToken?: boolean;
    readonly tolerations?: readonly {readonly operator?: string; readonly key?: string; readonly effect?: string}[];
    readonly containers: readonly {readonly image: string; readonly volumeMounts?: readonly {readonly mountPath: string}[]; readonly resources?: object}[];
  };
}

/** Pods of kdiag's, wherever they are. */
export async function ourPods(): Promise<readonly OurPod[]> {
  return (await kubectlJson<{items: readonly OurPod[]}>(`get pods -A -l ${selector}`)).items;
}

/** What a failed test left must not fail the next one. */
export async function removeOurPods(): Promise<void> {
  for (const {metadata: {namespace, name}} of await ourPods()) await kubectl(`-n ${namespace} delete pod ${name} --force --grace-period=0 --ignore-not-found`);
}
