// KUBECONFIG=… [SERVICES [ENDPOINTS [NODES]]]: fills an API server with Services without selector, their endpoints, and nodes that no kubelet runs.
import {readFileSync} from 'node:fs';
import {Agent, request} from 'node:https';
import {parse} from 'yaml';

const [services = 5000, endpoints = 10, nodes = 500] = process.argv.slice(2).map(Number);
const config = parse(readFileSync(process.env['KUBECONFIG'] ?? '', 'utf8')) as {clusters: [{cluster: {server: string; 'certificate-authority-data': string}}]; users: [{user: Readonly<Record<string, string>>}]};
const [{cluster}] = config.clusters;
const decoded = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64');
const agent = new Agent({keepAlive: true, maxSockets: 40, ca: decoded(cluster['certificate-authority-data']), cert: decoded(config.users[0].user['client-certificate-data']), key: decoded(config.users[0].user['client-key-data'])});

function post(path: string, object: object): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(`${cluster.server}${path}`, {method: 'POST', agent, headers: {'content-type': 'application/json'}}, reply => {
      let text = '';
      reply.setEncoding('utf8').on('data', (part: string) => (text += part)).on('end', () => ((reply.statusCode ?? 500) < 300 || reply.statusCode === 409 ? resolve() : reject(new Error(`${path}: ${reply.statusCode} ${text.slice(0, 300)}`))));
    });
    sent.on('error', reject);
    sent.end(JSON.stringify(object));
  });
}

async function all(count: number, one: (i: number) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({length: 40}, async () => { for (let i = next++; i < count; i = next++) await one(i); }));
}

const start = performance.now();
await post('/api/v1/namespaces', {apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'many'}});
await all(services, async i => {
  const name = `many-${String(i).padStart(5, '0')}`;
  const ports = [{name: 'http', port: 80, protocol: 'TCP', targetPort: 8080}];
  await post('/api/v1/namespaces/many/services', {apiVersion: 'v1', kind: 'Service', metadata: {name}, spec: {ports}});
  await post('/apis/discovery.k8s.io/v1/namespaces/many/endpointslices', {
    apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: {name: `${name}-1`, labels: {'kubernetes.io/service-name': name}}, addressType: 'IPv4', ports: [{name: 'http', port: 8080, protocol: 'TCP'}],
    endpoints: Array.from({length: endpoints}, (_, j) => { const n = i * endpoints + j; return {addresses: [`10.245.${(n >> 8) & 255}.${n & 255}`], conditions: {ready: true}, nodeName: `fake-${String(n % Math.max(nodes, 1)).padStart(4, '0')}`}; }),
  });
});
await all(nodes, i => post('/api/v1/nodes', {apiVersion: 'v1', kind: 'Node', metadata: {name: `fake-${String(i).padStart(4, '0')}`, labels: {'kubernetes.io/os': 'linux'}}, spec: {taints: [{key: 'kdiag.dev/fake', effect: 'NoSchedule'}]}, status: {nodeInfo: {operatingSystem: 'linux'}}}));
console.log(`${services} Services, ${services * endpoints} endpoints, ${nodes} nodes in ${((performance.now() - start) / 1000).toFixed(0)} s`);
agent.destroy();
