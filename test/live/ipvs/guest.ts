import {kubectl, onNode} from '../rig.ts';
import {restartKubeProxy, signalKubeProxy} from '../node-rules.ts';

/** The emulated machine of the round, the one node in mode ipvs: node1, beside it, is in mode iptables and quick. */
export const guest = 'node2';

/** What the round's faults are made of: the demo's virtual server on the guest. */
export interface Place {
  readonly vip: string;
  /** `10.244.2.3:9376`, those on the guest first. */
  readonly endpoints: readonly string[];
  /** Share of the endpoints that are on the guest. */
  readonly near: number;
}

/** kube-proxy in mode ipvs puts most things in order every 30 s: it is stopped as long as the guest is broken. */
export async function freeze(): Promise<Place> {
  await signalKubeProxy(guest, 'STOP');
  const vip = await kubectl('get svc hostnames -o jsonpath={.spec.clusterIP}');
  const pods = (await kubectl('get pods -l app=hostnames -o jsonpath={range.items[*]}{.spec.nodeName}={.status.podIP}{"\\n"}{end}')).trim().split('\n').sort().reverse();
  const near = pods.filter(pod => pod.startsWith(`${guest}=`)).length / pods.length;
  return {vip, near, endpoints: pods.map(pod => `${pod.split('=')[1]}:9376`)};
}

/** Awake and started anew: that is when it looks at weights too. */
export async function thaw(): Promise<void> {
  await signalKubeProxy(guest, 'CONT');
  await restartKubeProxy(guest);
}

/** Runs each line on the guest, in order. */
export function onGuest(...lines: readonly string[]): Promise<string> {
  return onNode(guest, lines.join('\n'));
}
