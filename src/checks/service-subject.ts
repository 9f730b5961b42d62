import type {Service} from '../cluster/objects.ts';
import {type Subject, subject} from '../findings/finding.ts';

/** Why the checks behind it are skipped when there is no Service. */
export const noService = 'the Service does not exist';
/** And when it lacks the port: there is nothing to ask about, and nothing to be content with. */
export const noPort = 'the Service does not have that port';

export const subjectOf = ({metadata}: Service): Subject => subject('Service', metadata.namespace ?? null, metadata.name);
export const nameOf = ({metadata}: Service): string => `${metadata.namespace}/${metadata.name}`;
