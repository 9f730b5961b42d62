import {debugDaemonSet} from '../cluster/live/debug-daemon-set.ts';
import {type Manifest, namespaceFor} from './naming.ts';
import {execIn} from './rbac.ts';

/** The collecting DaemonSet, a namespace that admits it, and the right to use it. */
export function daemonSet(options: {readonly namespace: string; readonly image: string}): readonly Manifest[] {
  return [namespaceFor(options.namespace, 'privileged'), debugDaemonSet(options), ...execIn(options.namespace)];
}
