import {type Answer, isKnown, known, type Unknown} from '../answer.ts';
import type {PlaceReading, Section} from '../cluster.ts';
import type {Place} from '../dns.ts';
import {resourcePath} from '../resources.ts';
import {exec} from './exec.ts';
import {parse} from './read-objects.ts';
import type {Transport} from './transport.ts';

/**
 * What can be told of a place where no debug pod may be: a kubelet's settings from its own configz (KEP-1439; needs the right to
 * get nodes/proxy), a pod's files by `cat` in its own container, if its image has that. The rest of the sections is missing.
 * `unknown`, the reason why there is no debug pod, when nothing can be told.
 */
export async function readWithoutDebugPod(transport: Transport, {node, pod}: Place, timeoutMs: number, signal: AbortSignal, unknown: Unknown): Promise<Answer<PlaceReading>> {
  const sections = pod === null ? {kubelet: await configz(transport, node, signal)} : {
    'resolv-conf': await cat(transport, pod, '/etc/resolv.conf', timeoutMs, signal), hosts: await cat(transport, pod, '/etc/hosts', timeoutMs, signal),
  };
  const found = Object.entries(sections).flatMap(([name, section]) => (section === null ? [] : [[name, section] as const]));
  return found.length === 0 ? {unknown} : known({sections: Object.fromEntries(found)});
}

/** Only its settings of DNS, as place-reading.ts's section has them. */
async function configz(transport: Transport, node: string, signal: AbortSignal): Promise<Section | null> {
  const path = `${resourcePath('nodes', null, node)}/proxy/configz`;
  const reply = await transport.send({method: 'GET', path, signal});
  if (!isKnown(reply) || reply.known.status !== 200) return null;
  const config = parse<{kubeletconfig?: {clusterDNS?: readonly string[]; clusterDomain?: string; resolvConf?: string}}>(reply.known.body)?.kubeletconfig;
  if (config === undefined) return null;
  return {command: `GET ${path}`, stdout: [`clusterDNS: [${(config.clusterDNS ?? []).join(', ')}]`, `clusterDomain: ${config.clusterDomain ?? ''}`, `resolvConf: ${config.resolvConf ?? '/etc/resolv.conf'}`, ''].join('\n'), stderr: '', exit: 0};
}

async function cat(transport: Transport, pod: NonNullable<Place['pod']>, file: string, timeoutMs: number, signal: AbortSignal): Promise<Section | null> {
  const answer = await exec(transport, {namespace: pod.namespace, pod: pod.name, container: '', command: ['cat', file], timeoutMs, maxBytes: 64 * 1024, signal});
  if (!isKnown(answer) || answer.known.exit !== 0) return null;
  return {command: `cat ${file}`, stdout: Buffer.from(answer.known.stdout).toString('utf8'), stderr: answer.known.stderr, exit: 0};
}
