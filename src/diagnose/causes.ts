import type {Code} from '../findings/codes.ts';
import type {Finding} from '../findings/finding.ts';

/** One kind of finding that causes others. */
interface Cause {
  readonly cause: readonly Code[];
  readonly effects: readonly Code[];
  /** `subject`: only of the same subject (the same node); `any`: wherever they are. */
  readonly where: 'subject' | 'any';
}

const everyRule: readonly Code[] = [
  'rules-never-synced', 'rules-hook-missing', 'rules-missing-service', 'rules-jump-missing', 'rules-missing-endpoint', 'rules-stale-endpoint',
  'rules-wrong-balance', 'rules-reject-despite-endpoints', 'rules-missing-masquerade', 'rules-masquerade-differs', 'ipvs-address-not-bound', 'ipvs-set-incomplete', 'ipvs-destination-drained',
];

/** What follows from what. A finding that another one causes is folded under it and is no root cause. */
const causes: readonly Cause[] = [
  {cause: ['ipvs-module-missing'], effects: ['kube-proxy-not-running', ...everyRule], where: 'subject'},
  {cause: ['ipvs-set-incomplete'], effects: ['rules-missing-masquerade'], where: 'subject'},
  {cause: ['rules-left-over-from-mode'], effects: ['rules-stale-endpoint', 'rules-missing-endpoint', 'rules-wrong-balance'], where: 'subject'},
  {cause: ['kube-proxy-missing', 'kube-proxy-not-running'], effects: everyRule, where: 'subject'},
  {cause: ['rules-never-synced', 'rules-hook-missing'], effects: everyRule.filter(code => code !== 'rules-never-synced' && code !== 'rules-hook-missing'), where: 'subject'},
  {cause: ['rules-in-both-backends'], effects: ['rules-stale-endpoint', 'rules-missing-endpoint', 'rules-wrong-balance'], where: 'subject'},
  {cause: ['rules-reject-despite-endpoints'], effects: ['rules-missing-service'], where: 'subject'},
  {cause: ['rules-stale-endpoint'], effects: ['rules-missing-endpoint'], where: 'subject'},
  {cause: ['service-target-port-unresolved', 'service-protocol-mismatch', 'service-pods-not-running', 'service-pods-not-ready'], effects: ['endpoints-disagree-with-pods', 'endpoints-terminating-only'], where: 'any'},
  {cause: ['service-pods-not-running'], effects: ['service-pods-not-ready'], where: 'any'},
  {cause: ['debug-pod-refused', 'permission-missing'], effects: ['node-not-examined'], where: 'any'},
];

/** Finding → the findings that it causes directly. A lesser finding never explains an error away. */
export function effectsOf(finding: Finding, all: readonly Finding[], level: (finding: Finding) => number): Finding[] {
  const rules = causes.filter(({cause}) => cause.includes(finding.code));
  return all.filter(other => other !== finding && level(other) >= level(finding) && rules.some(({effects, where}) => effects.includes(other.code) && (where === 'any' || sameSubject(finding, other))));
}

function sameSubject(a: Finding, b: Finding): boolean {
  return a.subject.kind === b.subject.kind && a.subject.namespace === b.subject.namespace && a.subject.name === b.subject.name;
}
