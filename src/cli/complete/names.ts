import type {Cluster} from '../../cluster/cluster.ts';
import type {KubeObject} from '../../cluster/objects.ts';
import type {Source} from './command-line.ts';

/** What may be put on a command line as it is: a name with anything else in it would be read by the shell. */
const harmless = /^[\w.:@/+-]+$/;

/** Names for the shell to offer, of the cluster or recording that the line's flags mean. Throws, or gives none, where there are none to be had. */
export async function namesOf(source: Source, given: Readonly<Record<string, string>>, signal: AbortSignal): Promise<readonly string[]> {
  return (await found(source, given, signal)).filter(name => harmless.test(name));
}

async function found(source: Source, given: Readonly<Record<string, string>>, signal: AbortSignal): Promise<readonly string[]> {
  switch (source) {
    case 'codes':
      return (await import('../../findings/words.ts')).codes;
    case 'demos':
      return (await import('../../demo/demos.ts')).demoNames;
    case 'contexts':
      return [...(await (await import('../../cluster/live/kubeconfig-file.ts')).readKubeconfig(given['kubeconfig'], process.env))?.contexts.keys() ?? []].sort();
    case 'namespaces':
    case 'nodes':
      return list(source, given, signal, false);
    default:
      return list(source, given, signal, true);
  }
}

async function list(resource: 'namespaces' | 'nodes' | 'services' | 'pods', given: Readonly<Record<string, string>>, signal: AbortSignal, namespaced: boolean): Promise<readonly string[]> {
  const {cluster, namespace} = await open(given, signal);
  try {
    const answer = await cluster.list<KubeObject>({resource, ...(namespaced ? {namespace: given['namespace'] ?? namespace} : {})});
    return 'known' in answer ? answer.known.map(({metadata}) => metadata.name) : [];
  } finally {
    await cluster.close();
  }
}

async function open({recording, kubeconfig, context}: Readonly<Record<string, string>>, signal: AbortSignal): Promise<{readonly cluster: Cluster; readonly namespace: string}> {
  if (recording !== undefined) return {cluster: await (await import('../../cluster/recording/file.ts')).openRecording(recording), namespace: 'default'};
  const {openLive} = await import('../../cluster/live/live.ts');
  const cluster = await openLive({
    ...(kubeconfig === undefined ? {} : {kubeconfig}), ...(context === undefined ? {} : {context}), signal,
    requestTimeoutMs: 60_000, nodeTimeoutMs: 60_000, concurrency: 1, via: 'auto', debugPods: false, probes: false, debugNamespace: 'kube-system',
  });
  return {cluster, namespace: cluster.namespace};
}
