import {isKnown} from '../../cluster/answer.ts';
import type {Service} from '../../cluster/objects.ts';
import type {AskedService, Facts} from '../../facts/facts.ts';
import type {Comparison} from '../../model/comparison.ts';
import type {ReportedFinding} from '../report.ts';
import type {Part} from './parts.ts';

/** One Service on one line, as `kdiag check` shows it. */
export interface ServiceLine {
  readonly namespace: string;
  readonly name: string;
  /** `ClusterIP`, `Headless`, `NodePort`, `LoadBalancer` or `ExternalName`. */
  readonly type: string;
  /** unknown: nothing is known to be wrong, and something that decides could not be examined. */
  readonly state: 'works' | 'degraded' | 'broken' | 'unknown';
  /** The smallest share of new connections that succeed, over all nodes and addresses, by the nodes' rules; null: not known, or nothing has rules for it. */
  readonly predicted: number | null;
  /** The root causes that break it, by id. */
  readonly causes: readonly string[];
}

const weight: Readonly<Record<ServiceLine['state'], number>> = {broken: 0, degraded: 1, unknown: 2, works: 3};

/** Those that fail first, then by namespace and name. */
export function serviceLines(services: readonly AskedService[], shares: ReadonlyMap<string, number>, rootCauses: readonly ReportedFinding[], findings: readonly ReportedFinding[], parts: readonly Part[]): ServiceLine[] {
  const unsure = new Set(parts.filter(({ran}) => ran.some(({outcome}) => outcome === 'unknown' || outcome === 'crashed')).map(({service}) => service));
  const about = Map.groupBy(findings.filter(({level}) => level !== 'info').flatMap(finding => namedIn(finding).map(service => ({service, finding}))), ({service}) => service);
  const causesOf = new Map<string, string[]>();
  for (const {id, breaks = []} of rootCauses) for (const service of breaks) causesOf.set(service, [...(causesOf.get(service) ?? []), id]);
  return services.map(({service}): ServiceLine => {
    const {namespace = '', name} = service.metadata;
    const key = `${namespace}/${name}`;
    const causes = causesOf.get(key) ?? [];
    const own = about.get(key) ?? [];
    const state = causes.length > 0 || own.some(({finding}) => finding.level === 'error') ? 'broken' : own.length > 0 ? 'degraded' : unsure.has(key) ? 'unknown' : 'works';
    return {namespace, name, type: typeOf(service), state, predicted: shares.get(key) ?? null, causes};
  }).sort((a, b) => weight[a.state] - weight[b.state] || (`${a.namespace}\0${a.name}` < `${b.namespace}\0${b.name}` ? -1 : 1));
}

/** Per Service, the smallest share over all nodes and ways in; where a policy of Local has no endpoint, nothing is expected to succeed. */
export function smallestShares(comparisons: Facts['comparisons']): ReadonlyMap<string, number> {
  const shares = new Map<string, number>();
  for (const comparison of compared(comparisons)) {
    if (comparison.predicted === null || isIdle(comparison)) continue;
    const service = serviceOf(comparison);
    shares.set(service, Math.min(shares.get(service) ?? 1, comparison.predicted));
  }
  return shares;
}

/**
 * The Services that a root cause breaks: those that it, or what follows from it, names; of a fault of a whole node, those of which
 * the node loses connections.
 */
export function brokenBy(cause: ReportedFinding, findings: ReadonlyMap<string, ReportedFinding>, losing: ReadonlyMap<string, ReadonlySet<string>>, known: ReadonlySet<string>): readonly string[] {
  if (cause.level !== 'error') return [];
  const all = [cause, ...followed(cause, findings)];
  const named = all.flatMap(namedIn).filter(service => known.has(service));
  const lost = named.length > 0 || cause.subject.kind !== 'Node' ? [] : [...(losing.get(cause.subject.name) ?? [])];
  return [...new Set([...named, ...lost])].sort();
}

/** Node → Services that lose connections there. */
export function losingServices(comparisons: Facts['comparisons']): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map([...comparisons].map(([node, answer]) => [node, new Set((isKnown(answer) ? answer.known : []).filter(each => each.predicted !== null && each.predicted < 1 && !isIdle(each)).map(serviceOf))]));
}

function followed({explains}: ReportedFinding, findings: ReadonlyMap<string, ReportedFinding>, seen = new Set<string>()): ReportedFinding[] {
  return explains.flatMap(id => {
    const finding = findings.get(id);
    if (finding === undefined || seen.has(id)) return [];
    seen.add(id);
    return [finding, ...followed(finding, findings, seen)];
  });
}

function namedIn({subject, args}: ReportedFinding): string[] {
  const {service, services} = args;
  if (subject.kind === 'Service') return [`${subject.namespace}/${subject.name}`];
  if (Array.isArray(services)) return services.filter(each => typeof each === 'string');
  return typeof service === 'string' ? [service] : [];
}

function* compared(comparisons: Facts['comparisons']): Generator<Comparison> {
  for (const answer of comparisons.values()) if (isKnown(answer)) yield* answer.known;
}

function isIdle({way: {expected}}: Comparison): boolean {
  return expected.because === 'local' && expected.endpoints.length === 0;
}

/** `default/hostnames` of `default/hostnames:http`. */
function serviceOf({way}: Comparison): string {
  return way.portName.split(':')[0] ?? way.portName;
}

function typeOf({spec}: Service): string {
  return spec.type === 'ExternalName' ? 'ExternalName' : spec.clusterIP === 'None' ? 'Headless' : spec.type ?? 'ClusterIP';
}
