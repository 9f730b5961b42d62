import assert from 'node:assert/strict';
import {test} from 'node:test';
import {getObject, listObjects} from '../../../../src/cluster/live/read-objects.ts';
import type {KubeObject} from '../../../../src/cluster/objects.ts';
import {fakeApiServer, json, status} from './fake-api-server.ts';

const pod = (namespace: string, name: string, more: object = {}): object => ({metadata: {namespace, name, managedFields: [{manager: 'x'}]}, ...more});
const names = (objects: readonly KubeObject[]): string[] => objects.map(({metadata}) => `${metadata.namespace}/${metadata.name}`);

test('all pages are read, sorted by namespace and name, sanitised, with their kind and with fields nobody knows', async t => {
  const pages = [[pod('b', 'x'), pod('a', 'z')], [pod('a', 'y', {brandNewField: {deep: [1]}})], [pod('B', 'w')]];
  const server = await fakeApiServer(t, {answer: ({query}, response) => {
    const page = Number(query.get('continue') ?? 0);
    json(response, {kind: 'PodList', metadata: page < 2 ? {continue: String(page + 1)} : {}, items: pages[page]});
  }});
  const answer = await listObjects(await server.transport(), {resource: 'pods', labelSelector: 'app=x'});
  assert.ok('known' in answer);
  assert.deepEqual(names(answer.known), ['B/w', 'a/y', 'a/z', 'b/x']);
  assert.deepEqual(answer.known[1], {apiVersion: 'v1', kind: 'Pod', metadata: {namespace: 'a', name: 'y'}, brandNewField: {deep: [1]}});
  assert.deepEqual(server.received.map(({query}) => [query.get('limit'), query.get('labelSelector')]), Array.from({length: 3}, () => ['500', 'app=x']));
});

test('a list whose continuation has expired is read once more, in one piece', async t => {
  const server = await fakeApiServer(t, {answer: ({query}, response) => {
    if (query.has('continue')) return status(response, 410, 'Expired', 'The provided continue parameter is too old');
    return json(response, {metadata: query.has('limit') ? {continue: 'c'} : {}, items: [pod('a', 'x')]});
  }});
  const answer = await listObjects(await server.transport(), {resource: 'pods'});
  assert.ok('known' in answer);
  assert.deepEqual(names(answer.known), ['a/x']);
  assert.equal(server.received.length, 3);
});

test('410 again and again, and the same page again and again, come to an end', async t => {
  const gone = await fakeApiServer(t, {answer: (_, response) => status(response, 410, 'Expired', 'too old')});
  assert.deepEqual(await listObjects(await gone.transport(), {resource: 'pods'}), {unknown: {why: 'lost', detail: 'the list of pods changed while it was read'}});
  const loop = await fakeApiServer(t, {answer: (_, response) => json(response, {metadata: {continue: 'c'}, items: []})});
  const answer = await listObjects(await loop.transport(), {resource: 'pods'});
  assert.ok('unknown' in answer && answer.unknown.why === 'unparsed');
});

test('an empty list may have items null', async t => {
  const server = await fakeApiServer(t, {answer: (_, response) => json(response, {items: null})});
  assert.deepEqual(await listObjects(await server.transport(), {resource: 'pods'}), {known: []});
});

test('a failure on the second page is a failure, not half a list', async t => {
  const server = await fakeApiServer(t, {answer: ({query}, response) => {
    if (query.has('continue')) response.socket?.destroy();
    else json(response, {metadata: {continue: 'c'}, items: [pod('a', 'x')]});
  }});
  const answer = await listObjects(await server.transport(), {resource: 'pods'});
  assert.ok('unknown' in answer && answer.unknown.why === 'lost');
});

test('what is not JSON, or not a list of objects, is not understood', async t => {
  for (const body of ['<html>', '[]', 'null', '"x"', '{"items":{}}', '{"items":[1]}', '{"items":[{"metadata":{}}]}', '{"items":[null]}']) {
    const server = await fakeApiServer(t, {answer: (_, response) => void response.writeHead(200).end(body)});
    const transport = await server.transport();
    const list = await listObjects(transport, {resource: 'pods'});
    assert.ok('unknown' in list && list.unknown.why === 'unparsed', body);
    const one = await getObject(transport, 'pods', 'a', 'x');
    assert.ok('unknown' in one && one.unknown.why === 'unparsed', body);
  }
});

test('an object that is not there is null; a resource that is not there is absent', async t => {
  const server = await fakeApiServer(t, {answer: ({path}, response) => {
    if (path === '/api/v1/namespaces/a/pods/x') status(response, 404, 'NotFound', 'pods "x" not found', {name: 'x', kind: 'pods'});
    else if (path.startsWith('/apis/discovery.k8s.io')) response.writeHead(404, {'Content-Type': 'text/plain'}).end('404 page not found\n');
    else status(response, 404, 'NotFound', 'the server could not find the requested resource', {});
  }});
  const transport = await server.transport();
  assert.deepEqual(await getObject(transport, 'pods', 'a', 'x'), {known: null});
  assert.deepEqual(await getObject(transport, 'endpointslices', 'a', 'x'), {unknown: {why: 'absent', detail: '404 page not found'}});
  assert.deepEqual(await getObject(transport, 'deployments', 'a', 'x'), {unknown: {why: 'absent', detail: 'the server could not find the requested resource'}});
});

test('403 and 401 tell the API\'s own words', async t => {
  const server = await fakeApiServer(t, {answer: ({path}, response) => (path.endsWith('/nodes') ? status(response, 401, 'Unauthorized', 'Unauthorized') : status(response, 403, 'Forbidden', 'pods is forbidden: User "nobody" cannot list resource "pods"'))});
  const transport = await server.transport();
  assert.deepEqual(await listObjects(transport, {resource: 'pods'}), {unknown: {why: 'forbidden', detail: 'pods is forbidden: User "nobody" cannot list resource "pods"'}});
  assert.deepEqual(await listObjects(transport, {resource: 'nodes'}), {unknown: {why: 'unauthorized', detail: 'the API server does not accept these credentials (Unauthorized)'}});
});
