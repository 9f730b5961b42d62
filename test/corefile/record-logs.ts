// What the real CoreDNS logs in each kind of trouble, into test/fixtures/coredns-logs: node test/corefile/record-logs.ts [NAME...]
// Needs root and the binary of `test/cluster/cluster build`. Each CoreDNS runs in a network namespace of its own that has nothing but
// a loopback, so that nothing is asked outside; its Corefile stands in a temporary folder, shown here as /etc/coredns.
import {execFileSync, spawn, spawnSync} from 'node:child_process';
import {createSocket} from 'node:dgram';
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createServer, type ServerResponse} from 'node:http';
import {createServer as createTlsServer} from 'node:https';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {encode} from 'dns-packet';
import {realCoreDns} from './coredns.ts';

interface Scene {
  readonly corefile: string;
  readonly seconds: number;
  /** Runs beside CoreDNS, in its namespace. */
  readonly beside?: (folder: string) => unknown;
  /** Without the right to bind ports below 1024. */
  readonly weak?: true;
}

const options = (line: string): string => `.:53 {\n    errors\n    ${line}\n    whoami\n}\n`;
const kubernetes = (endpoint: string): string => `.:53 {\n    errors\n    ready\n    kubernetes cluster.local in-addr.arpa {\n        endpoint ${endpoint}\n    }\n    forward . 127.0.0.2:5300\n}\n`;
const forwarding = (to: string, more = ''): string => `.:53 {\n    errors\n    forward . ${to} {\n        max_concurrent 1000\n    }\n    cache 30\n    reload 2s 0s\n${more}}\n`;

async function ask(names: readonly string[], type: 'A' | 'AAAA' | 'SRV', seconds: number): Promise<void> {
  await pause(1000);
  const socket = createSocket('udp4');
  socket.on('error', () => undefined);
  for (const name of names) socket.send(encode({type: 'query', id: 7, flags: 256, questions: [{type, name}]}), 53, '127.0.0.1');
  await pause(seconds * 1000);
  socket.close();
}

function silent(port: number, address: string): void {
  createSocket('udp4').bind(port, address);
}

function status(response: ServerResponse, code: number, body: unknown): void {
  response.writeHead(code, {'content-type': 'application/json'}).end(JSON.stringify(body));
}

/** An API server that lets nobody see EndpointSlices, and has nothing else. */
function forbidding(): void {
  createServer((request, response) => {
    const [, , , , resource = ''] = /^\/(api|apis)\/([^/]+)(\/[^/?]+)?\/([^/?]+)/.exec(request.url ?? '') ?? [];
    if (resource === 'endpointslices') {
      const message = 'endpointslices.discovery.k8s.io is forbidden: User "system:serviceaccount:kube-system:coredns" cannot list resource "endpointslices" in API group "discovery.k8s.io" at the cluster scope';
      status(response, 403, {kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason: 'Forbidden', details: {group: 'discovery.k8s.io', kind: 'endpointslices'}, code: 403});
    } else if (request.url?.includes('watch=true')) response.writeHead(200, {'content-type': 'application/json'});
    else status(response, 200, {kind: resource === 'services' ? 'ServiceList' : 'NamespaceList', apiVersion: 'v1', metadata: {resourceVersion: '1'}, items: []});
  }).listen(8001, '127.0.0.1');
}

function selfSigned(folder: string): void {
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'key', '-out', 'crt', '-days', '2', '-subj', '/CN=apiserver', '-addext', 'subjectAltName=IP:192.0.2.1'], {cwd: folder, stdio: 'ignore'});
  createTlsServer({key: readFileSync(join(folder, 'key')), cert: readFileSync(join(folder, 'crt'))}, (_, response) => status(response, 200, {})).listen(6443, '127.0.0.1');
}

async function rewritten(folder: string, texts: readonly string[]): Promise<void> {
  for (const text of texts) {
    await pause(3500);
    writeFileSync(join(folder, 'Corefile'), text);
  }
}

const names = (count: number): string[] => Array.from({length: count}, (_, i) => `host${i}.example.com`);
const scenes: Readonly<Record<string, Scene>> = {
  'loop': {corefile: `.:53 {\n    errors\n    forward . 127.0.0.1\n    loop\n}\n`, seconds: 5},
  'unknown-directive': {corefile: options('foo'), seconds: 5},
  'forward-option': {corefile: options('forward . 8.8.8.8 {\n        max_fail 3\n    }'), seconds: 5},
  'forward-address': {corefile: options('forward . dns.google'), seconds: 5},
  'forward-no-address': {corefile: options('forward .'), seconds: 5},
  'kubernetes-option': {corefile: options('kubernetes cluster.local {\n        upstream\n        podz insecure\n    }'), seconds: 5},
  'kubernetes-pods': {corefile: options('kubernetes cluster.local {\n        pods unsafe\n    }'), seconds: 5},
  'kubernetes-outside': {corefile: options('kubernetes cluster.local'), seconds: 5},
  'brace-missing': {corefile: '.:53 {\n    errors\n    cache 30 {\n        success 100\n    whoami\n}\n', seconds: 5},
  'brace-too-many': {corefile: '.:53 {\n    errors\n    whoami\n}\n}\n', seconds: 5},
  'zone-twice': {corefile: '.:53 {\n    whoami\n}\n.:53 {\n    errors\n    whoami\n}\n', seconds: 5},
  'plugin-twice': {corefile: options('cache 30\n    cache 60'), seconds: 5},
  'import-missing': {corefile: 'import /etc/nothing/here\n.:53 {\n    whoami\n}\n', seconds: 5},
  'port-taken': {corefile: options('loadbalance'), seconds: 5, beside: () => createSocket('udp4').bind(53, '0.0.0.0')},
  'port-forbidden': {corefile: options('loadbalance'), seconds: 5, weak: true},
  'api-refused': {corefile: kubernetes('http://127.0.0.1:1'), seconds: 9},
  'api-unroutable': {corefile: kubernetes('https://10.96.0.1:443'), seconds: 9},
  'api-certificate': {corefile: kubernetes('https://127.0.0.1:6443'), seconds: 9, beside: selfSigned},
  'api-forbidden': {corefile: kubernetes('http://127.0.0.1:8001'), seconds: 9, beside: forbidding},
  'upstream-silent': {corefile: forwarding('127.0.0.2:5300', '    loop\n'), seconds: 12, beside: () => { silent(5300, '127.0.0.2'); void ask(['example.com', 'www.example.com'], 'A', 9); void ask(['example.com'], 'AAAA', 9); void ask(['_http._tcp.example.com'], 'SRV', 9); }},
  'upstream-refused': {corefile: forwarding('127.0.0.3:5301', '    loop\n'), seconds: 8, beside: () => ask(['example.com'], 'A', 5)},
  'upstreams-down': {corefile: '.:53 {\n    errors\n    forward . 127.0.0.2:5300 127.0.0.3:5300 {\n        failfast_all_unhealthy_upstreams\n    }\n}\n', seconds: 16, beside: async () => { silent(5300, '127.0.0.2'); silent(5300, '127.0.0.3'); for (let i = 0; i < 6; i += 1) await ask(names(10), 'A', 1); }},
  'only-loop-probe': {corefile: forwarding('127.0.0.2:5300', '    loop\n'), seconds: 12, beside: () => silent(5300, '127.0.0.2')},
  'too-many-queries': {corefile: forwarding('127.0.0.2:5300').replace('1000', '2'), seconds: 8, beside: () => { silent(5300, '127.0.0.2'); void ask(names(10), 'A', 6); }},
  'reload-refused': {corefile: forwarding('127.0.0.2:5300'), seconds: 9, beside: folder => rewritten(folder, [`${forwarding('127.0.0.2:5300')}foo\n{\n    bar\n}\n`])},
  'reload-refused-then-done': {corefile: forwarding('127.0.0.2:5300'), seconds: 14, beside: folder => rewritten(folder, [forwarding('127.0.0.2:5300', '    foo\n'), forwarding('127.0.0.2:5300', '    loadbalance\n')])},
  'reload-unparsable': {corefile: forwarding('127.0.0.2:5300'), seconds: 9, beside: folder => rewritten(folder, [forwarding('127.0.0.2:5300').slice(0, -3)])},
  'healthy': {corefile: forwarding('127.0.0.2:5300', '    ready\n    health\n    loadbalance\n'), seconds: 4, beside: () => silent(5300, '127.0.0.2')},
};

const binary = realCoreDns();
if (binary === null) throw new Error('build it first: test/cluster/cluster build');
const out = new URL('../fixtures/coredns-logs/', import.meta.url).pathname;
const [inside, ...asked] = process.argv.slice(2);
if (inside === '--inside') {
  const [name = '', folder = ''] = asked;
  const scene = scenes[name]!;
  spawnSync('ip', ['link', 'set', 'lo', 'up']);
  writeFileSync(join(folder, 'Corefile'), scene.corefile);
  void scene.beside?.(folder);
  await pause(300);
  const [command = '', ...args] = [...(scene.weak === true ? ['setpriv', '--bounding-set=-net_bind_service', '--inh-caps=-net_bind_service'] : []), binary, '-conf', 'Corefile'];
  const child = spawn(command, args, {cwd: folder, stdio: ['ignore', 'pipe', 'pipe']});
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { output += String(chunk); });
  const timer = setTimeout(() => child.kill('SIGKILL'), scene.seconds * 1000);
  child.on('close', () => {
    clearTimeout(timer);
    writeFileSync(join(out, `${name}.log`), output.replaceAll(folder, '/etc/coredns').replaceAll(/(?<![/\w])Corefile:/g, '/etc/coredns/Corefile:'));
    process.exit(0);
  });
} else {
  mkdirSync(out, {recursive: true});
  const wanted = [inside, ...asked].filter(name => name !== undefined);
  for (const name of Object.keys(scenes).filter(name => wanted.length === 0 || wanted.includes(name))) {
    const folder = mkdtempSync(join(tmpdir(), 'kdiag-corefile-'));
    spawnSync('chmod', ['755', folder]);
    spawnSync('unshare', ['-n', process.execPath, new URL(import.meta.url).pathname, '--inside', name, folder], {stdio: 'inherit'});
    rmSync(folder, {recursive: true});
  }
}
