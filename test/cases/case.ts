import {globSync, readFileSync} from 'node:fs';
import {basename, dirname} from 'node:path';
import {parse, stringify} from 'yaml';
import {accept} from '../../src/accept/accept.ts';
import {readSuppressions} from '../../src/accept/suppressions-file.ts';
import type {Check} from '../../src/checks/check.ts';
import {apiserverChecks, dnsChecks, nodesChecks, podChecks, serviceChecks} from '../../src/checks/index.ts';
import {parseFrom, parseService} from '../../src/cli/target.ts';
import type {Cluster} from '../../src/cluster/cluster.ts';
import {diagnose} from '../../src/diagnose/diagnose.ts';
import type {Report} from '../../src/diagnose/report.ts';
import type {Change, WorldName} from './world.ts';

/** A case file in test/cases/: what is changed in the healthy world, and what kdiag must say then. */
export interface Case {
  readonly file: string;
  /** `codes`, `silent`, or nothing. */
  readonly folder: string;
  readonly title: string;
  /** NAME[:PORT]; default hostnames. `dns`: name resolution as a whole, or of `name`; `apiserver-vip`: the way to the API server; `nodes`: each node; `pod`: the network of the pod of `from`. */
  readonly ask?: string;
  /** With `ask: dns`: what is looked up. */
  readonly name?: string;
  readonly type?: string;
  readonly namespace?: string;
  readonly from?: string;
  /** The healthy world that is changed; default: the one in mode iptables, with `ask: dns` healthy-dns, with `ask: apiserver-vip` or `ask: nodes` healthy-apiserver. Endpoints are asked in healthy-network only. */
  readonly world?: WorldName;
  readonly change?: readonly Change[];
  /** Entries of .kdiag.yaml. */
  readonly suppress?: readonly Readonly<Record<string, string>>[];
  readonly expect: {
    readonly status: Report['status'];
    /** `CODE Kind/name` in order. */
    readonly rootCauses?: readonly string[];
    /** All findings of level error and warning, `CODE Kind/name`, in any order; default: the root causes. */
    readonly findings?: readonly string[];
    /** Findings of level info. */
    readonly infos?: readonly string[];
    /** Node → predicted share (to 3 decimals) of the ClusterIP; null: could not tell. */
    readonly reach?: Readonly<Record<string, number | null>>;
    /** Texts that the first root cause's message, or the summary, must hold. */
    readonly says?: readonly string[];
    /** Check id → outcome. */
    readonly checks?: Readonly<Record<string, string>>;
  };
  /** Codes that this case comes close to and that must stay silent. */
  readonly silent?: readonly string[];
}

export const cases: readonly Case[] = globSync('**/*.yaml', {cwd: new URL('.', import.meta.url).pathname}).sort().map(file => {
  const read = parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as Omit<Case, 'file' | 'folder'>;
  return {file: basename(file, '.yaml'), folder: dirname(file), ...worldFor(read.ask), ...read};
});

function worldFor(ask: string | undefined): {readonly world?: WorldName} {
  return ask === 'dns' ? {world: 'healthy-dns'} : ask === 'apiserver-vip' || ask === 'nodes' ? {world: 'healthy-apiserver'} : {};
}

/** `watch` gets the checks before they are run. */
export async function diagnoseCase({suppress = [], ...asked}: Asked & Pick<Case, 'suppress'>, cluster: Cluster, watch = (checks: readonly Check[]): readonly Check[] => checks): Promise<Report> {
  const suppressions = readSuppressions(stringify({apiVersion: 'kdiag/v1', suppress}), '.kdiag.yaml');
  return accept(await diagnoseAsked(asked, cluster, watch), {suppressions, baseline: null}, cluster.now);
}

type Asked = Pick<Case, 'ask' | 'namespace' | 'from' | 'name' | 'type'>;

function diagnoseAsked({ask = 'hostnames', namespace = 'default', from, name, type}: Asked, cluster: Cluster, watch: (checks: readonly Check[]) => readonly Check[]): Promise<Report> {
  const place = parseFrom(from, namespace);
  if (ask === 'dns') {
    const args = {...(name === undefined ? {} : {name}), namespace, ...(type === undefined ? {} : {type}), ...(from === undefined ? {} : {from})};
    return diagnose(cluster, {command: {name: 'dns', args}, target: {kind: 'dns', namespace: place?.kind === 'pod' ? place.namespace : namespace, name: name ?? null, type: type ?? null, from: place, tries: 5}, checks: watch(dnsChecks)});
  }
  if (ask === 'apiserver-vip') {
    return diagnose(cluster, {command: {name: 'apiserver-vip', args: from === undefined ? {} : {from}}, target: {kind: 'apiserver', namespace: place?.kind === 'pod' ? place.namespace : namespace, from: place}, checks: watch(apiserverChecks)});
  }
  if (ask === 'nodes') return diagnose(cluster, {command: {name: 'nodes', args: {}}, target: {kind: 'nodes', from: null}, checks: watch(nodesChecks)});
  if (ask === 'pod') {
    if (place?.kind !== 'pod') throw new Error('which pod is asked about?');
    return diagnose(cluster, {command: {name: 'pod', args: {pod: `${place.namespace}/${place.name}`}}, target: {kind: 'pod', from: place}, checks: watch(podChecks)});
  }
  const {service, port} = parseService(ask);
  return diagnose(cluster, {command: {name: 'svc', args: {service, namespace}}, target: {kind: 'service', namespace, service, port, from: place}, checks: watch(serviceChecks)});
}

export const short = ({code, subject}: {code: string; subject: {kind: string; name: string}}): string => `${code} ${subject.kind}/${subject.name}`;
