import {globSync, readFileSync} from 'node:fs';
import {basename, dirname} from 'node:path';
import {parse} from 'yaml';
import {serviceChecks} from '../../src/checks/index.ts';
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
  /** NAME[:PORT]; default hostnames. */
  readonly ask?: string;
  readonly namespace?: string;
  readonly from?: string;
  /** The healthy world that is changed; default: the one in mode iptables. */
  readonly world?: WorldName;
  readonly change?: readonly Change[];
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

export const cases: readonly Case[] = globSync('**/*.yaml', {cwd: new URL('.', import.meta.url).pathname}).sort()
  .map(file => ({file: basename(file, '.yaml'), folder: dirname(file), ...(parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as Omit<Case, 'file' | 'folder'>)}));

export function diagnoseCase({ask = 'hostnames', namespace = 'default', from}: Pick<Case, 'ask' | 'namespace' | 'from'>, cluster: Cluster, checks = serviceChecks): Promise<Report> {
  const {service, port} = parseService(ask);
  return diagnose(cluster, {command: {name: 'svc', args: {service, namespace}}, target: {kind: 'service', namespace, service, port, from: parseFrom(from, namespace)}, checks});
}

export const short = ({code, subject}: {code: string; subject: {kind: string; name: string}}): string => `${code} ${subject.kind}/${subject.name}`;
