import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {test} from 'node:test';
import {nodeChecks, nodesChecks} from '../../../src/checks/index.ts';
import {resources} from '../../../src/cluster/resources.ts';
import {diagnose} from '../../../src/diagnose/diagnose.ts';
import {recordCluster} from '../../../src/diagnose/record-cluster.ts';
import {type PolicyRule, rbac} from '../../../src/manifest/rbac.ts';
import {levels} from '../../../src/manifest/rights.ts';
import {cases, diagnoseCase} from '../../cases/case.ts';
import {type WorldName, worldOf} from '../../cases/world.ts';
import {type Request, allows, watched} from './authoriser.ts';

const rulesOf = (level: (typeof levels)[number]) => rbac(level, 'kdiag').flatMap(({kind, metadata, rules}) => ((rules ?? []) as PolicyRule[]).map(rule => ({...rule, kind, namespace: metadata.namespace ?? null})));
const asked = (level: (typeof levels)[number]): string[] => [...new Set(rulesOf(level).flatMap(({apiGroups, resources, verbs}) => apiGroups.flatMap(group => resources.flatMap(resource => verbs.map(verb => `${verb} ${group === '' ? '' : `${group}/`}${resource}`)))))].sort();

test('every resource that kdiag knows is covered, each in its group, and nothing else but logs', () => {
  const granted = new Set(rulesOf('api').flatMap(({apiGroups, resources}) => apiGroups.flatMap(group => resources.map(resource => `${group}/${resource}`))));
  assert.deepEqual([...granted].sort(), [...Object.entries(resources).map(([resource, {group}]) => `${group}/${resource}`), '/pods/log'].sort());
  for (const {resources, verbs, apiGroups} of rulesOf('debug-pods')) assert.ok(![...resources, ...verbs, ...apiGroups].some(each => each.includes('*') || each.includes('secrets') || each.includes('proxy')), resources.join());
});

test('docs/manifests.md has every right', () => {
  const text = readFileSync(new URL('../../../docs/manifests.md', import.meta.url), 'utf8');
  const rows = text.split('\n').filter(line => line.startsWith('| get') || line.startsWith('| list')).map(line => line.split('|').slice(1, 4).map(cell => cell.trim()));
  const told = rows.flatMap(([verbs = '', resources = '']) => verbs.split(', ').flatMap(verb => resources.split(', ').filter(each => !/only$|any name$/.test(each) && !each.startsWith('`')).map(resource => `${verb} ${resource}`)));
  assert.deepEqual([...new Set(told)].sort(), asked('api').map(right => right.replace(/ \S+\//, ' ').replace(/ log$/, ' pods/log')).sort());
});

test('each rung adds what it says, where it says, and takes nothing away', () => {
  const [api, exec, debugPods] = levels.map(asked) as [string[], string[], string[]];
  assert.ok(api.every(right => /^(get|list) /.test(right)), api.join());
  assert.deepEqual(exec.filter(right => !api.includes(right)), ['create pods/exec', 'get pods/exec']);
  assert.deepEqual(debugPods.filter(right => !exec.includes(right)), ['create pods', 'delete pods']);
  assert.deepEqual([api, exec].map(lower => lower.filter(right => !debugPods.includes(right))), [[], []]);
  const where = (right: RegExp) => [...new Set(rulesOf('debug-pods').filter(({verbs, resources}) => verbs.some(verb => resources.some(resource => right.test(`${verb} ${resource}`)))).map(({namespace}) => namespace))];
  assert.deepEqual(where(/ pods\/exec$/), ['kube-system', 'kdiag']);
  assert.deepEqual(where(/^(create|delete) pods$/), ['kdiag']);
  assert.deepEqual(where(/ configmaps$/), ['kube-system', 'default']);
});

test('PodSecurity admits privileged pods on the rung that has some, and on no other', () => {
  assert.deepEqual(levels.map(level => rbac(level, 'diag')[0]?.metadata), ['restricted', 'restricted', 'privileged'].map(security => ({name: 'diag', labels: {...rbac('api', 'diag')[0]?.metadata.labels, 'pod-security.kubernetes.io/enforce': security}})));
});

test('two installations do not share an object', () => {
  const names = (namespace: string) => rbac('debug-pods', namespace).map(({kind, metadata}) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`);
  assert.deepEqual(names('kdiag').filter(name => names('diag').includes(name)), []);
  assert.equal(new Set(names('diag')).size, names('diag').length);
});

/** What the live adapter asks by itself, and where: src/cluster/live/{debug-pods,places,exec,delete-pods}.ts. */
const ofTheAdapter: readonly Request[] = [{verb: 'get', group: '', resource: 'nodes', namespace: null, name: 'node1'}];

test('whatever any case asks for is allowed on the lowest rung, and what is allowed is asked for by some', async () => {
  const requests = new Map<string, Request>();
  const tell = (request: Request): void => void requests.set(JSON.stringify({...request, namespace: request.namespace === null ? null : request.namespace, name: request.name}), request);
  for (const each of cases.filter(({folder}) => folder !== 'silent')) await diagnoseCase(each, watched(worldOf(each.change ?? [], each.world), tell));
  for (const world of ['healthy', 'healthy-ipvs', 'healthy-dns', 'healthy-apiserver', 'healthy-network'] satisfies WorldName[]) {
    await recordCluster(watched(worldOf([], world), tell), {namespaces: [], allNodes: false, dnsFacts: [], apiserverFacts: [], networkFacts: []}, () => {});
    await diagnose(watched(worldOf([], world), tell), {command: {name: 'nodes', args: {}}, target: {kind: 'nodes', from: null}, checks: nodesChecks});
    await diagnose(watched(worldOf([], world), tell), {command: {name: 'node', args: {}}, target: {kind: 'node', from: {kind: 'node', name: 'node1'}}, checks: nodeChecks});
  }
  for (const request of ofTheAdapter) tell(request);
  const objects = rbac('api', 'kdiag');
  assert.deepEqual([...requests.values()].filter(request => !allows(objects, request)), []);
  const used = new Set([...requests.values()].map(({verb, group, resource}) => `${verb} ${group === '' ? '' : `${group}/`}${resource}`));
  assert.deepEqual(asked('api').filter(right => !used.has(right)), []);
});
