import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {random} from '../cases/shuffled.ts';
import {randomService} from '../oracle/random-service.ts';
import {describeReport, diagnose} from './kdiag.ts';
import {type NodeMutation, nodeMutations} from './node-mutations.ts';
import {restartKubeProxy} from './node-rules.ts';
import {apply, kubectl, kubectlJson, onNode, pause, tryOnNode, until} from './rig.ts';

const namespace = 'drawn';
/** In that round node2 is an emulated machine, a slow one, and the control plane is no node; the mode of node1 has a round of its own. */
const isIpvs = process.env['LIVE_IPTABLES'] === 'ipvs';
const count = Number(process.env['DRAWN'] ?? 25);
const seed = Number(process.env['DRAWN_SEED'] ?? 1);
/** What is the Service's own doing, not the rules', or the slices', which no pods are behind. */
const fair = /^(external-policy|internal-policy|service-without|endpoints-|load-balancer-pending|service-selector)/;

interface Manifest {
  readonly kind: string;
  readonly metadata: {readonly name: string; readonly labels?: object};
  readonly spec?: object;
  readonly status?: {readonly loadBalancer: object};
}

before(async () => {
  await apply({apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace}});
  const chance = random(seed);
  const drawn = Array.from({length: count}, (_, i) => randomService(chance, i)) as unknown as {service: Manifest; slices: Manifest[]}[];
  // the cluster has one family, hands out addresses itself, and admits no Service twice on a port: only what is drawn stays
  await apply(...drawn.flatMap(({service, slices}) => [admitted(service), ...slices.filter(slice => (slice as unknown as {addressType: string}).addressType === 'IPv4').map(slice => ({...slice, metadata: {...slice.metadata, namespace}}))]));
  for (const {service: {metadata: {name}, status}} of drawn) {
    if (JSON.stringify(status?.loadBalancer) !== '{}') await kubectl(`-n ${namespace} patch svc ${name} --subresource=status --type merge -p`, JSON.stringify({status: {loadBalancer: onlyIPv4(status?.loadBalancer)}}));
  }
  await pause(isIpvs ? 45_000 : 3_000);
}, {timeout: 240_000});

after(() => kubectl(`delete namespace ${namespace} --ignore-not-found --timeout=120s`));

for (const node of isIpvs ? ['node2'] : ['cp', 'node1', 'node2']) {
  test(`drawn Services: what kube-proxy writes on ${node} is right`, {timeout: isIpvs ? 240_000 : 90_000}, async () => {
    const complaints = (found: Awaited<ReturnType<typeof diagnose>>): readonly string[] => [
      ...found.report.findings.filter(({code, level}) => level !== 'info' && !fair.test(code)).map(({message}) => message),
      ...(found.report.checks ?? []).filter(({outcome}) => outcome === 'crashed' || outcome === 'unknown').map(({id, why}) => `${id}: ${why ?? ''}`),
    ];
    let found = await diagnose(['node', node]);
    // kube-proxy in an emulated machine may still be at it
    for (let more = isIpvs ? 3 : 0; more > 0 && complaints(found).length > 0; more--) {
      await pause(15_000);
      found = await diagnose(['node', node]);
    }
    assert.deepEqual(complaints(found), [], describeReport(found));
  });
}

test('drawn Services: what is changed in the rules of node1 is found and named', {timeout: 240_000, skip: isIpvs ? "ipvs mode's own faults are in ipvs/" : false}, async t => {
  const {items} = await kubectlJson<{items: {metadata: {name: string}; spec: {clusterIP: string; ports: {port: number; protocol: string}[]}}[]}>(`-n ${namespace} get svc`);
  const chance = random(seed + 1);
  const addresses = items.map(({spec}) => spec.clusterIP);
  const mutations = await nodeMutations('node1', addresses, items => items[Math.floor(chance() * items.length)] as (typeof items)[number]);
  try {
    for (const mutation of mutations) {
      await done(mutation);
      const found = await diagnose(['node', 'node1']);
      t.diagnostic(`${mutation.what}: ${found.report.verdict.rootCauses.map(({code}) => code).join() || 'nothing'}`);
      const named = found.report.verdict.rootCauses.filter(({subject}) => subject.name === 'node1').map(({code}) => code);
      assert.ok(named.some(code => mutation.codes.test(code)), `${mutation.what}\n${describeReport(found)}`);
      await onNode('node1', mutation.undo);
    }
  } finally {
    await restartKubeProxy('node1');
  }
  await until('node1 to be right again', 60, async () => ((await diagnose(['node', 'node1'])).report.findings.every(({code}) => fair.test(code) || !code.startsWith('rules-')) ? true : null));
});

async function done({doIt, what}: NodeMutation): Promise<void> {
  const {code, stderr} = await tryOnNode('node1', doIt);
  assert.equal(code, 0, `${what}: ${stderr}`);
}

function admitted(service: Manifest): object {
  const {type, ports = [], externalTrafficPolicy, ...all} = onlyIPv4(service.spec) as {type: string; ports?: object[]; externalTrafficPolicy?: string; externalIPs?: string[]};
  const outside = type !== 'ClusterIP' || (all.externalIPs ?? []).length > 0;
  const given = new Set(['clusterIP', 'clusterIPs', 'ipFamilies', 'healthCheckNodePort']);
  const spec = Object.fromEntries(Object.entries(all).filter(([key, value]) => !given.has(key) && JSON.stringify(value) !== '[]'));
  return {apiVersion: 'v1', kind: 'Service', metadata: {...service.metadata, namespace}, spec: {...spec, type, ...(outside ? {externalTrafficPolicy} : {}), ports: ports.map(port => ({...port, nodePort: undefined}))}};
}

/** Without the texts of IPv6 addresses in lists, and without the objects that hold one. */
function onlyIPv4(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter(each => !JSON.stringify(each).includes('::')).map(onlyIPv4);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, onlyIPv4(inner)]));
}
