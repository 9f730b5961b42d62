import assert from 'node:assert/strict';
import type * as http from 'node:http';
import {type Resource, resources} from '../../../src/cluster/resources.ts';
import {type Behaviour, type Received, frame, json, status, success} from './live/fake-api-server.ts';
import type {World} from './world.ts';
import {agrees, fieldOf, lastLines} from './world-cluster.ts';

/**
 * The world as an API server: lists in pages and in the order of the world, items without kind, 403 and 404 as the real one
 * words them. Of the nodes, those can be read whose kube-proxy pod is called `kube-proxy-<node>`.
 */
export function serving(world: World): Behaviour {
  return {
    answer(request, response) {
      if (request.path === '/version') return json(response, {gitVersion: world.version});
      const [, namespace, resource = '', name, log] = /^\/apis?\/(?:[a-z.0-9]+\/)?v1(?:\/namespaces\/([^/]+)(?=\/))?\/([a-z]+)(?:\/([^/]+))?(\/log)?$/.exec(request.path) ?? [];
      if (!Object.hasOwn(resources, resource)) return status(response, 404, 'NotFound', 'the server could not find the requested resource');
      if (log !== undefined) return serveLog(world, request, response, namespace ?? '', name ?? '');
      if (namespace !== undefined && world.forbidden.includes(namespace)) return status(response, 403, 'Forbidden', `${resource} is forbidden: User "nobody" cannot list resource "${resource}"`);
      if (name !== undefined) return serveOne(world, response, resource as Resource, namespace, name);
      return serveList(world, request, response, resource as Resource, namespace);
    },
    exec(socket, {path, query}) {
      const node = /\/pods\/kube-proxy-([^/]+)\/exec$/.exec(path)?.[1];
      const found = world.readings.find(reading => reading.node === node);
      if (found === undefined) return socket.close();
      const mark = /^M=(\S+)$/m.exec(query.getAll('command').at(-1) ?? '')?.[1] ?? assert.fail('no mark');
      const frames = Object.entries(found.sections).map(([name, {stdout, stderr, exit}]) => `${mark} begin ${name}\n${stdout}\n${mark} stderr ${exit}\n${stderr}\n${mark} end\n`);
      socket.send(frame(1, `kdiag-reading/1 plain\n${frames.join('')}${mark} complete\n`));
      socket.send(success);
    },
  };
}

function serveOne(world: World, response: http.ServerResponse, resource: Resource, namespace: string | undefined, name: string): void {
  const found = world.objects[resource]?.find(({metadata}) => metadata.name === name && metadata.namespace === namespace);
  if (found) json(response, found);
  else status(response, 404, 'NotFound', `${resource} "${name}" not found`, {name, kind: resource});
}

function serveList(world: World, {query}: Received, response: http.ServerResponse, resource: Resource, namespace: string | undefined): void {
  const found = (world.objects[resource] ?? []).filter(object => namespace === undefined || object.metadata.namespace === namespace)
    .filter(object => agrees(query.get('labelSelector') ?? '', key => object.metadata.labels?.[key]) && agrees(query.get('fieldSelector') ?? '', field => fieldOf(object, field)));
  const from = Number(query.get('continue') ?? 0);
  const to = from + Number(query.get('limit') ?? found.length);
  const items = found.slice(from, to).map(({kind: _, apiVersion: __, ...item}) => item);
  json(response, {kind: `${resources[resource].kind}List`, metadata: to < found.length ? {continue: String(to)} : {}, items});
}

function serveLog(world: World, {query}: Received, response: http.ServerResponse, namespace: string, pod: string): void {
  const found = world.logs.find(log => log.namespace === namespace && log.pod === pod && log.container === query.get('container') && String(log.previous) === query.get('previous'));
  if (found) response.writeHead(200, {'Content-Type': 'text/plain'}).end(lastLines(found.text, Number(query.get('tailLines'))));
  else status(response, 400, 'BadRequest', 'no such log');
}
