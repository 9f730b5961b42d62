import {kubectl, onNode} from '../rig.ts';
import {restartKubeProxy, signalKubeProxy} from '../node-rules.ts';

/** What the round's faults are made of: the demo's virtual server on node1, a guest in mode ipvs. */
export interface Place {
  readonly vip: string;
  /** `10.244.1.3:9376`, those on node1 first. */
  readonly endpoints: readonly string[];
  /** Share of the endpoints that are on node1. */
  readonly near: number;
}

/** kube-proxy in mode ipvs puts most things in order every 30 s: it is stopped as long as node1 is broken. */
export async function freeze(): Promise<Place> {
  await signalKubeProxy('node1', 'STOP');
  const vip = await kubectl('get svc hostnames -o jsonpath={.spec.clusterIP}');
  const pods = (await kubectl('get pods -l app=hostnames -o jsonpath={range.items[*]}{.spec.nodeName}={.status.podIP}{"\\n"}{end}')).trim().split('\n').sort();
  const near = pods.filter(pod => pod.startsWith('node1=')).length / pods.length;
  return {vip, near, endpoints: pods.map(pod => `${pod.split('=')[1]}:9376`)};
}

/** Awake and started anew: that is when it looks at weights too. */
export async function thaw(): Promise<void> {
  await signalKubeProxy('node1', 'CONT');
  await restartKubeProxy('node1');
}

/** Runs each line on node1, in order. */
export async function onNode1(...lines: readonly string[]): Promise<void> {
  await onNode('node1', lines.join('\n'));
}
