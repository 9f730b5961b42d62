import type {Pod} from '../cluster/objects.ts';
import {type Subject, subject} from '../findings/finding.ts';

/** Why the checks behind it are skipped when there is no DNS Service. */
export const noDnsService = 'there is no DNS Service';
/** And when nothing runs that could answer. */
export const noDnsPod = 'no CoreDNS pod exists';

export const podName = ({metadata}: Pod): string => `${metadata.namespace}/${metadata.name}`;

/** CoreDNS as a whole: findings that are about all of its pods. */
export const corednsSubject = (pods: readonly Pod[]): Subject => subject('Deployment', pods[0]?.metadata.namespace ?? 'kube-system', 'coredns');
export const podSubject = ({metadata}: Pod): Subject => subject('Pod', metadata.namespace ?? null, metadata.name);
