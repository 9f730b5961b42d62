import type {Service} from '../cluster/objects.ts';
import type {Facts} from '../facts/facts.ts';
import {type Subject, subject} from '../findings/finding.ts';
import {unproxied} from '../model/endpoints.ts';

/** Why the checks behind it are skipped when there is no Service. */
export const noService = 'the Service does not exist';
/** And when it lacks the port: there is nothing to ask about, and nothing to be content with. */
export const noPort = 'the Service does not have that port';

/** Why nothing is said of what kube-proxy tells of itself. */
export const noneAsked = "no node's rules differ where a kube-proxy runs";

/** Why nothing is asked of kube-proxy, if so. */
export function nothingToProxy(services: Facts['services']): string | null {
  if (services.length === 0) return noService;
  return services.every(({service}) => unproxied(service) !== null) ? 'the Service has no VIP: kube-proxy has nothing to do' : null;
}

export const subjectOf = ({metadata}: Service): Subject => subject('Service', metadata.namespace ?? null, metadata.name);
export const nameOf = ({metadata}: Service): string => `${metadata.namespace}/${metadata.name}`;
