import {parseMetrics, type Sample} from '../parse/metrics.ts';

/** What a running kube-proxy says of its work (pkg/proxy/metrics/metrics.go). Times are milliseconds since 1970, by the node's clock. */
export interface ProxyWork {
  /** `v1.36.3`; null: not said. */
  readonly version: string | null;
  readonly startedAt: number | null;
  /** One of each family that it writes rules for; before v1.34 metrics name none, and both are one, `all`. */
  readonly families: readonly FamilyWork[];
  /** Service and EndpointSlice changes that it has heard of and not written yet. */
  readonly pending: {readonly services: number; readonly endpoints: number};
  /** Of its requests to the API server, by HTTP status, or `<error>` where there was no answer. */
  readonly apiRequests: readonly {readonly code: string; readonly count: number}[];
  /** `172.30.0.10:6443`: the API servers that it asked since it started. */
  readonly servers: readonly string[];
  /** Changes of endpoints until rules carried them; null: there were none. Only of changes that kube-proxy heard of. */
  readonly programming: {readonly count: number; readonly seconds: number} | null;
  /** Lines of these metrics that are not understood. */
  readonly unparsed: readonly string[];
}

export interface FamilyWork {
  readonly family: 'IPv4' | 'IPv6' | 'all';
  /** Its last sync that succeeded; null: none yet. */
  readonly syncedAt: number | null;
  /** The last change that it heard of, or its start; null: not said. */
  readonly queuedAt: number | null;
  /** Since it started: syncs that iptables-restore or nft refused. Partial ones are tried again in full at once. */
  readonly failures: number;
  readonly partialFailures: number;
}

const prefix = 'kubeproxy_sync_proxy_rules_';
const names = {
  synced: `${prefix}last_timestamp_seconds`, queued: `${prefix}last_queued_timestamp_seconds`, services: `${prefix}service_changes_pending`, endpoints: `${prefix}endpoint_changes_pending`,
  iptables: `${prefix}iptables_restore_failures_total`, partial: `${prefix}iptables_partial_restore_failures_total`, nftables: `${prefix}nftables_sync_failures_total`,
  programmedCount: 'kubeproxy_network_programming_duration_seconds_count', programmedSum: 'kubeproxy_network_programming_duration_seconds_sum',
  requests: 'rest_client_requests_total', build: 'kubernetes_build_info', started: 'process_start_time_seconds',
} as const;

/** Null: the text is not what kube-proxy answers at `/metrics`. */
export function proxyWork(text: string): ProxyWork | null {
  const {samples, unparsed} = parseMetrics(text, Object.values(names));
  const of = (name: keyof typeof names): readonly Sample[] => samples.get(names[name]) ?? [];
  if (of('synced').length === 0 && of('services').length === 0) return null;
  const total = (list: readonly Sample[]): number => list.reduce((sum, {value}) => sum + value, 0);
  const families = [...new Set([...of('synced'), ...of('queued')].map(familyOf))].sort();
  const latest = (list: readonly Sample[], family: FamilyWork['family']): number | null => instant(Math.max(0, ...list.filter(each => familyOf(each) === family).map(({value}) => value)));
  const count = total(of('programmedCount'));
  const codes = [...new Set(of('requests').map(({labels}) => labels['code'] ?? ''))].sort();
  return {
    version: of('build')[0]?.labels['git_version'] ?? null,
    startedAt: instant(of('started')[0]?.value ?? 0),
    families: families.map(family => {
      const here = (name: keyof typeof names): number => total(of(name).filter(each => familyOf(each) === family));
      return {family, syncedAt: latest(of('synced'), family), queuedAt: latest(of('queued'), family), failures: here('iptables') + here('nftables'), partialFailures: here('partial')};
    }),
    pending: {services: total(of('services')), endpoints: total(of('endpoints'))},
    apiRequests: codes.map(code => ({code, count: total(of('requests').filter(({labels}) => labels['code'] === code))})),
    servers: [...new Set(of('requests').flatMap(({labels}) => labels['host'] ?? []))].sort(),
    programming: count > 0 ? {count, seconds: total(of('programmedSum')) / count} : null,
    unparsed,
  };
}

/** A gauge of seconds that was never set is 0. */
function instant(seconds: number): number | null {
  return seconds > 0 && Number.isFinite(seconds) ? seconds * 1000 : null;
}

function familyOf({labels}: Sample): FamilyWork['family'] {
  const family = labels['ip_family'];
  return family === 'IPv4' || family === 'IPv6' ? family : 'all';
}

/** How old a queued change may be before kube-proxy calls itself unhealthy: two sync periods of 30 s (cmd/kube-proxy/app/server.go). */
const lateAfter = 60_000;

export interface WorkFault {
  readonly fault: 'refused' | 'never-synced' | 'late' | 'deaf';
  readonly family: FamilyWork['family'];
  /** Since when, in milliseconds since 1970: its start, the change that waits, or the last change that it heard of. */
  readonly since: number;
}

/**
 * What is wrong with its work, at `at`: `refused`, its rules were refused and what waits is not written since; `never-synced`, more than a minute after its start; `late`, a change waits longer than kube-proxy
 * itself allows; `deaf`, a Service or slice changed at `changedAt` (null: none is known), of which it has not heard `grace` later: green and
 * stale. Only changes that concern it count: of what a Service or a slice leads to, not of labels, and not of headless Services. An empty list: nothing.
 */
export function faultsOfWork({families, startedAt}: ProxyWork, at: number, changedAt: number | null, grace = 10_000): readonly WorkFault[] {
  return families.flatMap(({family, syncedAt, queuedAt, failures}): WorkFault[] => {
    if (failures > 0 && (syncedAt === null || (queuedAt !== null && queuedAt > syncedAt))) return [{fault: 'refused', family, since: queuedAt ?? startedAt ?? at}];
    if (syncedAt === null) return startedAt !== null && at - startedAt > lateAfter ? [{fault: 'never-synced', family, since: startedAt}] : [];
    if (queuedAt !== null && queuedAt > syncedAt && at - queuedAt > lateAfter) return [{fault: 'late', family, since: queuedAt}];
    const heardAt = queuedAt ?? syncedAt; // queued only for a change, and once at the start; synced also when its turn comes without any
    return changedAt !== null && changedAt > heardAt + grace && at - changedAt > grace ? [{fault: 'deaf', family, since: heardAt}] : [];
  });
}

/** What kube-proxy answers at `/healthz` (pkg/proxy/healthcheck/proxy_health.go). */
export interface ProxyHealth {
  readonly healthy: boolean;
  /** False: the node is being deleted, or an autoscaler is about to (taint ToBeDeletedByClusterAutoscaler); `/healthz` fails then on purpose. Null: not said. */
  readonly nodeEligible: boolean | null;
  /** When it last wrote rules; of a healthy one always the time of asking, whatever it did. */
  readonly lastUpdated: string | null;
  readonly currentTime: string | null;
  /** Families whose changes wait for more than a minute; before v1.34 none is named. */
  readonly late: readonly string[];
}

/** Null: the body is not kube-proxy's. The status decides; what the body says of `healthy` leaves the node's eligibility out. */
export function proxyHealth(status: number, body: string): ProxyHealth | null {
  if (status !== 200 && status !== 503) return null;
  let said: unknown;
  try {
    said = JSON.parse(body);
  } catch {
    return null;
  }
  if (said === null || typeof said !== 'object' || !('lastUpdated' in said)) return null;
  const {lastUpdated, currentTime, nodeEligible, status: families} = said as Readonly<Record<string, unknown>>;
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  const late = families === null || typeof families !== 'object' ? [] : Object.entries(families).filter(([, each]) => (each as {healthy?: unknown} | null)?.healthy === false).map(([family]) => family);
  return {healthy: status === 200, nodeEligible: typeof nodeEligible === 'boolean' ? nodeEligible : null, lastUpdated: text(lastUpdated), currentTime: text(currentTime), late: late.sort()};
}
