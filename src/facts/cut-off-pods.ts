import {type Answer, isKnown, type Unknown} from '../cluster/answer.ts';
import type {Cluster} from '../cluster/cluster.ts';
import type {Pod} from '../cluster/objects.ts';
import {complaintsOf} from '../model/apiserver/complaints.ts';
import {type ApiCell, isAnswered, triesOf} from '../model/apiserver/questions.ts';
import {clusterIPs} from '../model/endpoints.ts';
import {stateOf} from '../model/pods.ts';
import {isOfKdiag, isKubeProxy} from '../model/proxy.ts';
import type {Learn} from './facts.ts';

/** So many nodes, pods of each, and lines of a log, at the most: the first few show what all suffer from. */
const most = {nodes: 4, pods: 4, lines: 60};

/** Where the Service's address answers nothing is asked for. kube-proxy does not use that address. */
export const cutOffPods: Learn<'cutOffPods'> = async ({cluster, need, take}) => {
  const [answers, service] = await Promise.all([need('apiAnswers'), need('service')]);
  const dead = [...Map.groupBy(answers.filter(isDead), ({from}) => from.place.node).keys()].slice(0, most.nodes);
  const addresses = service === null ? [] : clusterIPs(service);
  const port = service?.spec.ports?.[0]?.port ?? 443;
  const found = await Promise.all(dead.map(async node => {
    const pods = await take(cluster.list<Pod>({resource: 'pods', fieldSelector: `spec.nodeName=${node}`}));
    return Promise.all(pods.filter(isTroubled).slice(0, most.pods).map(async pod => {
      const {container, log} = await logOf(cluster, pod);
      const lacking: Unknown | null = isKnown(log) ? null : log.unknown;
      return {pod, node, container, complaints: isKnown(log) ? complaintsOf(log.known, addresses, port) : [], lacking};
    }));
  }));
  return found.flat();
};

function isDead(cell: ApiCell): boolean {
  return cell.target.kind === 'vip' && isKnown(cell.heard) && triesOf([cell]).some(each => !isAnswered(each));
}

function isTroubled(pod: Pod): boolean {
  return !isOfKdiag(pod) && !pod.spec.containers.some(isKubeProxy) && ['not-ready', 'not-running'].includes(stateOf(pod).state) && troubledContainer(pod) !== undefined;
}

/** The container that is not ready and has run: another has no log. */
function troubledContainer(pod: Pod) {
  return [...pod.status?.containerStatuses ?? [], ...pod.status?.initContainerStatuses ?? []].find(({ready, state, lastState}) => ready !== true && (state?.running !== undefined || state?.terminated !== undefined || lastState?.terminated !== undefined));
}

/** Of the run that ended, where the next has only begun, or waits to. */
async function logOf(cluster: Cluster, pod: Pod): Promise<{readonly container: string; readonly log: Answer<string>}> {
  const status = troubledContainer(pod);
  const {namespace = '', name} = pod.metadata;
  const container = status?.name ?? '';
  const previous = status?.lastState?.terminated !== undefined && status.state?.terminated === undefined;
  return {container, log: await cluster.log({namespace, pod: name, container, previous, lines: most.lines})};
}
