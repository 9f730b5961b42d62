import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {test} from 'node:test';
import {faultsOfWork, proxyHealth, type ProxyWork, proxyWork} from '../../../src/model/proxy-health.ts';

const real = (name: string): string => readFileSync(new URL(`../../fixtures/kube-proxy-health/${name}.txt`, import.meta.url), 'utf8');
const work = (name: string): ProxyWork => proxyWork(real(`${name}.metrics`)) ?? assert.fail(name);
const newest = ({families}: ProxyWork): number => Math.max(...families.map(({syncedAt, queuedAt}) => Math.max(syncedAt ?? 0, queuedAt ?? 0)));

test('a healthy kube-proxy: both families in sync, nothing pending, every request answered; in both modes', () => {
  for (const name of ['healthy', 'healthy-nftables']) {
    const read = work(name);
    assert.deepEqual([read.version, read.families.map(({family, failures, partialFailures}) => [family, failures, partialFailures]), read.pending, read.unparsed], ['v1.36.3', [['IPv4', 0, 0], ['IPv6', 0, 0]], {services: 0, endpoints: 0}, []]);
    for (const {syncedAt, queuedAt} of read.families) assert.ok(syncedAt !== null && queuedAt !== null && syncedAt > queuedAt && syncedAt - queuedAt < 5000);
    assert.ok(read.startedAt !== null && newest(read) - read.startedAt < 60_000);
    assert.deepEqual(read.apiRequests.map(({code}) => code), ['200', '201']);
    assert.deepEqual(faultsOfWork(read, newest(read) + 3_600_000, null), []);
    assert.deepEqual(faultsOfWork(read, newest(read) + 3_600_000, newest(read) - 1), []);
  }
});

test('rules that iptables-restore refuses: never synced, whatever /healthz says', () => {
  const read = work('restore-fails');
  assert.deepEqual(read.families.map(({family, syncedAt, failures}) => [family, syncedAt === null, failures > 0]), [['IPv4', true, true], ['IPv6', false, false]]);
  assert.deepEqual(faultsOfWork(read, newest(read), null).map(({fault, family}) => [fault, family]), [['refused', 'IPv4']]);
  assert.equal(proxyHealth(200, real('restore-fails.healthz'))?.healthy, true);
});

test('the API server is gone: healthy by its own word; requests without an answer, and deaf to what changes', () => {
  const read = work('server-lost');
  assert.equal(proxyHealth(200, real('server-lost.healthz'))?.healthy, true);
  assert.ok((read.apiRequests.find(({code}) => code === '<error>')?.count ?? 0) > 5);
  const changedAt = newest(read) + 60_000;
  assert.deepEqual(faultsOfWork(read, changedAt + 60_000, changedAt).map(({fault, family}) => [fault, family]), [['deaf', 'IPv4'], ['deaf', 'IPv6']]);
  assert.deepEqual(faultsOfWork(read, changedAt + 5000, changedAt), []); // it may be on its way
  assert.deepEqual(faultsOfWork(read, changedAt, null), []);
});

test('a change that waits for too long, and a start without an end', () => {
  const read = work('healthy');
  const [first] = read.families;
  const queuedAt = newest(read) + 1000;
  const waits = {...read, families: [{...first!, queuedAt}]};
  assert.deepEqual([faultsOfWork(waits, queuedAt + 59_000, null), faultsOfWork(waits, queuedAt + 61_000, null)], [[], [{fault: 'late', family: 'IPv4', since: queuedAt}]]);
  const starts = {...read, families: [{...first!, syncedAt: null}]};
  assert.deepEqual([faultsOfWork(starts, read.startedAt! + 5000, null), faultsOfWork(starts, read.startedAt! + 61_000, null)], [[], [{fault: 'never-synced', family: 'IPv4', since: read.startedAt}]]);
});

test('metrics of before families had labels', () => {
  const read = proxyWork('# TYPE kubeproxy_sync_proxy_rules_last_timestamp_seconds gauge\nkubeproxy_sync_proxy_rules_last_timestamp_seconds 1.7e+09\nkubeproxy_sync_proxy_rules_last_queued_timestamp_seconds 1.6e+09\nkubeproxy_sync_proxy_rules_iptables_restore_failures_total 2\nkubeproxy_network_programming_duration_seconds_sum 3\nkubeproxy_network_programming_duration_seconds_count 4\n');
  assert.deepEqual([read?.families, read?.programming, read?.version], [[{family: 'all', syncedAt: 1.7e12, queuedAt: 1.6e12, failures: 2, partialFailures: 0}], {count: 4, seconds: 0.75}, null]);
});

test('/healthz: a node that is going away is told from rules that are late; another program is neither', () => {
  const ghost = proxyHealth(503, real('node-unknown.healthz'));
  assert.deepEqual([ghost?.healthy, ghost?.nodeEligible, ghost?.late], [false, false, []]);
  assert.deepEqual(proxyHealth(503, '{"lastUpdated":"2026-11-21T09:00:00Z","currentTime":"2026-11-21T09:05:00Z","nodeEligible":true,"healthy":false,"status":{"IPv6":{"healthy":true},"IPv4":{"healthy":false}}}'), {healthy: false, nodeEligible: true, lastUpdated: '2026-11-21T09:00:00Z', currentTime: '2026-11-21T09:05:00Z', late: ['IPv4']});
  assert.deepEqual(proxyHealth(200, '{"lastUpdated": "2020-01-01 00:00:00 +0000 UTC m=+1","currentTime": "2020-01-01 00:00:01 +0000 UTC m=+2"}'), {healthy: true, nodeEligible: null, lastUpdated: '2020-01-01 00:00:00 +0000 UTC m=+1', currentTime: '2020-01-01 00:00:01 +0000 UTC m=+2', late: []});
  for (const [status, body] of [[200, 'ok'], [404, '404 page not found'], [200, '{}'], [200, 'null'], [500, '{"lastUpdated":""}']] as const) assert.equal(proxyHealth(status, body), null, body);
  for (const text of ['', 'ok', '# TYPE coredns_build_info gauge\ncoredns_build_info 1\n']) assert.equal(proxyWork(text), null);
});
