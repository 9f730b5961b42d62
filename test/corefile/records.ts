// node test/corefile/records.ts [--seed N --worlds N --show N]: what the real CoreDNS's plugin kubernetes answers for drawn Services,
// endpoints and pods, against model/coredns/records.ts. Needs root and the binary of `test/cluster/cluster build`. Each world has a
// network namespace of its own, with an API server that only lists.
import {spawn, spawnSync} from 'node:child_process';
import {createSocket} from 'node:dgram';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:http';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {parseArgs} from 'node:util';
import {decode, encode} from 'dns-packet';
import type {EndpointSlice, Pod, Service} from '../../src/cluster/objects.ts';
import {type RecordOptions, usualOptions} from '../../src/model/coredns/asked.ts';
import {recordsOf} from '../../src/model/coredns/records.ts';
import {realCoreDns} from './coredns.ts';
import {randomOf} from './draw.ts';

const {values} = parseArgs({options: {seed: {type: 'string'}, worlds: {type: 'string'}, show: {type: 'string'}, inside: {type: 'boolean'}}});
const [seed, worlds, show] = [Number(values.seed ?? 1), Number(values.worlds ?? 3), Number(values.show ?? 10)];
const types = ['A', 'AAAA', 'SRV', 'CNAME', 'PTR', 'TXT', 'MX'] as const;

interface World {
  readonly options: RecordOptions;
  readonly namespaces: {name: string}[];
  readonly services: Service[];
  readonly slices: EndpointSlice[];
  readonly pods: Pod[];
}

function draw(world: number): World {
  const random = randomOf(seed * 1000 + world);
  const pick = <T>(all: readonly T[]): T => all[random(all.length)]!;
  const some = <T>(all: readonly T[], most: number): T[] => Array.from({length: random(most + 1)}, () => pick(all)).filter((each, i, list) => list.indexOf(each) === i);
  const namespaces = ['default', 'shop', 'empty'].map(name => ({name}));
  const address = (): string => `10.244.${random(3)}.${1 + random(30)}`;
  const six = (): string => `fd00:244::${random(2) === 0 ? '' : `${random(9)}:`}${1 + random(30)}`;
  const services: Service[] = [];
  const slices: EndpointSlice[] = [];
  const pods: Pod[] = [];
  for (const [i, name] of ['web', 'db', 'cache', 'ext', 'loop', 'inner', 'both', 'bare', 'queue'].entries()) for (const namespace of some(['default', 'shop'], 3)) {
    const metadata = {name, namespace};
    const ports = some([{name: 'http', port: 80, protocol: 'TCP' as const}, {name: 'dns', port: 53, protocol: 'UDP' as const}, {name: 'sql', port: 5432, protocol: 'TCP' as const}, {port: 9000, protocol: 'TCP' as const}], 3);
    if (name === 'ext' || name === 'loop' || name === 'inner') {
      const externalName = name === 'loop' ? `loop.${namespace}.svc.cluster.local` : name === 'inner' ? pick(['web', 'db', 'nothing', 'inner']) + `.${pick(['default', 'shop'])}.svc.cluster.local` : pick(['example.com', 'Example.COM.', '192.0.2.7', 'a.b.example']);
      services.push({metadata, spec: {type: 'ExternalName', externalName}});
      continue;
    }
    const vips = [`10.96.${random(2)}.${i + 10 + (namespace === 'shop' ? 100 : 0)}`, ...(name === 'both' ? [`fd00:96::${i}${namespace === 'shop' ? 1 : 0}`] : [])];
    const headless = name === 'db' || name === 'bare' || random(4) === 0;
    services.push({metadata, spec: {type: 'ClusterIP', clusterIP: headless ? 'None' : vips[0]!, clusterIPs: headless ? ['None'] : vips, ports}});
    for (let j = random(3); j > 0; j -= 1) {
      const v6 = random(4) === 0;
      const endpoints = Array.from({length: random(4)}, (_, k) => {
        const ip = v6 ? six() : address();
        const pod = `${name}-${j}-${k}`;
        pods.push({metadata: {name: pod, namespace}, spec: {containers: []}, status: {phase: pick(['Running', 'Running', 'Succeeded']), podIP: ip, podIPs: [{ip}]}});
        return {addresses: [ip], conditions: pick([{ready: true}, {ready: false}, {}]), targetRef: {kind: 'Pod', name: pod, namespace}, ...(random(3) === 0 ? {hostname: `Host-${k}`.toLowerCase()} : {})};
      });
      slices.push({metadata: {name: `${name}-${j}`, namespace, labels: {'kubernetes.io/service-name': name}}, addressType: v6 ? 'IPv6' : 'IPv4', endpoints, ports: ports.map(port => ({name: 'name' in port ? port.name : '', port: port.port + 8000, protocol: port.protocol}))});
    }
  }
  const usual = usualOptions('cluster.local');
  return {namespaces, services, slices, pods, options: {...usual, pods: pick(['insecure', 'verified', 'disabled'] as const), endpointPodNames: random(2) === 0, ignoreEmptyService: random(3) === 0, namespaces: random(4) === 0 ? ['default', 'nowhere'] : [], fallthrough: random(3) === 0 ? [] : usual.fallthrough}};
}

function questions({services, slices, pods}: World): string[] {
  const zone = 'cluster.local';
  const all = ['default', 'shop', 'empty', 'nowhere', '*'].flatMap(namespace => [...['web', 'db', 'cache', 'ext', 'loop', 'inner', 'both', 'bare', 'queue', 'missing', '*'].flatMap(name => {
    const service = `${name}.${namespace}.svc.${zone}`;
    return [service, `_http._tcp.${service}`, `_dns._udp.${service}`, `_dns._tcp.${service}`, `_sql._tcp.${service}`, `http.tcp.${service}`, `host-0.${service}`, `no.${service}`, `a.b.c.${service}`, `${name}.${namespace}.${zone}`, `${name}.${namespace}.pod.${zone}`];
  }), `${namespace}.svc.${zone}`, `${namespace}.pod.${zone}`, `10-244-0-9.${namespace}.pod.${zone}`, `fd00--1.${namespace}.pod.${zone}`, `10-244-0-999.${namespace}.pod.${zone}`]);
  const endpoints = slices.flatMap(({metadata, endpoints}) => (endpoints ?? []).flatMap(({addresses: [ip = ''], targetRef, hostname}) => [ip.replaceAll(/[.:]/g, '-'), targetRef?.name, hostname].filter(each => each !== undefined).flatMap(label => [`${label}.${metadata.labels?.['kubernetes.io/service-name']}.${metadata.namespace}.svc.${zone}`, `${label}.${metadata.namespace}.pod.${zone}`])));
  const reverse = [...services.flatMap(({spec}) => spec.clusterIPs ?? []), ...pods.map(({status}) => status?.podIP ?? ''), '10.96.9.9'].filter(each => each.includes('.')).map(ip => `${ip.split('.').reverse().join('.')}.in-addr.arpa`);
  return [...new Set([...all, ...endpoints, ...reverse, zone, `svc.${zone}`, `pod.${zone}`, `dns-version.${zone}`, `x.${zone}`, 'example.com', '10.in-addr.arpa', 'in-addr.arpa', '1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.4.4.2.0.0.0.d.f.ip6.arpa'])];
}

const lists: Readonly<Record<string, (world: World) => [string, string, unknown[]]>> = {
  namespaces: ({namespaces}) => ['v1', 'NamespaceList', namespaces.map(({name}) => ({metadata: {name}}))],
  services: ({services}) => ['v1', 'ServiceList', services],
  endpointslices: ({slices}) => ['discovery.k8s.io/v1', 'EndpointSliceList', slices],
  pods: ({pods}) => ['v1', 'PodList', pods.filter(({status}) => status?.phase === 'Running')], // CoreDNS asks for those only
};

function api(world: World): void {
  createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://api');
    if (url.searchParams.has('sendInitialEvents')) { // it has no streaming lists: the client then lists
      const refusal = {kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: 'sendInitialEvents is forbidden', reason: 'Invalid', code: 422};
      return void response.writeHead(422, {'content-type': 'application/json'}).end(JSON.stringify(refusal));
    }
    response.writeHead(200, {'content-type': 'application/json'});
    if (url.searchParams.get('watch') !== null) return void response.flushHeaders();
    const [apiVersion, kind, items] = lists[url.pathname.split('/').at(-1) ?? '']?.(world) ?? ['v1', 'List', []];
    response.end(JSON.stringify({apiVersion, kind, metadata: {resourceVersion: '1'}, items}));
  }).listen(8001, '127.0.0.1');
}

interface Heard {readonly rcode: string; readonly records: readonly string[]; readonly next: boolean}

/** `next`: whoami answered, which tells the client's port. */
function ask(name: string, type: (typeof types)[number]): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    const timer = setTimeout(() => { socket.close(); reject(new Error(`no answer for ${name} ${type}`)); }, 3000);
    socket.on('message', bytes => {
      clearTimeout(timer);
      socket.close();
      const message = decode(bytes);
      const records = (message.answers ?? []).map(record => {
        const data: unknown = 'data' in record ? record.data : '';
        const srv = data as {priority: number; weight: number; port: number; target: string};
        const text = record.type === 'SRV' ? `${srv.priority} ${srv.weight} ${srv.port} ${srv.target}` : record.type === 'TXT' ? `"${String(data)}"` : String(data);
        return `${record.name} ${record.type} ${text}`.toLowerCase();
      });
      resolve({rcode: (message as {rcode?: string}).rcode ?? '', records: records.sort(), next: (message.additionals ?? []).some(({name}) => name.startsWith('_udp.'))});
    });
    socket.send(encode({type: 'query', id: 7, flags: 256, questions: [{type, name}], additionals: [{type: 'OPT', name: '.', udpPayloadSize: 4096, flags: 0, options: [], extendedRcode: 0, ednsVersion: 0, flag_do: false} as never]}), 53, '127.0.0.1');
  });
}

function expected(name: string, type: string, world: World): Heard | null {
  const {result, records} = recordsOf(name, type, {...world}, world.options);
  if (result === 'undecided') return null;
  const rcode = result === 'no-such-name' ? 'NXDOMAIN' : 'NOERROR';
  return {rcode, next: result === 'next', records: records.map(record => `${record.name} ${record.type} ${record.data}`.toLowerCase()).sort()};
}

async function compare(world: World, folder: string): Promise<{same: number; undecided: number; wrong: string[]}> {
  api(world);
  const {options} = world;
  const corefile = `.:53 {\n errors\n kubernetes ${options.zones.join(' ')} {\n endpoint http://127.0.0.1:8001\n pods ${options.pods}\n ${options.endpointPodNames ? 'endpoint_pod_names\n' : ''}${options.ignoreEmptyService ? 'ignore empty_service\n' : ''}${options.namespaces.length > 0 ? `namespaces ${options.namespaces.join(' ')}\n` : ''}${options.fallthrough.length > 0 ? `fallthrough ${options.fallthrough.join(' ')}\n` : ''}}\n whoami\n}\n`;
  writeFileSync(join(folder, 'Corefile'), corefile);
  const child = spawn(realCoreDns()!, ['-conf', 'Corefile'], {cwd: folder, stdio: ['ignore', 'pipe', 'pipe']});
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { output += String(chunk); });
  for (let left = 100; left > 0 && !/^CoreDNS-/m.test(output); left -= 1) await pause(100);
  if (output.includes('unsynced') || !/^CoreDNS-/m.test(output)) throw new Error(`CoreDNS did not start:\n${output}`);
  const result = {same: 0, undecided: 0, wrong: [] as string[]};
  for (const name of questions(world)) await Promise.all(types.map(async type => {
    const ours = expected(name, type, world);
    if (ours === null) return void (result.undecided += 1);
    const heard = await ask(name, type);
    if (JSON.stringify(ours) === JSON.stringify({rcode: heard.rcode, next: heard.next, records: heard.records})) result.same += 1;
    else result.wrong.push(`${name} ${type}: CoreDNS ${JSON.stringify(heard)}, kdiag ${JSON.stringify(ours)} (${JSON.stringify(recordsOf(name, type, {...world}, options).why)})`);
  }));
  child.kill('SIGKILL');
  return result;
}

if (realCoreDns() === null) throw new Error('CoreDNS is not built: test/cluster/cluster build');
if (values.inside === true) {
  spawnSync('ip', ['link', 'set', 'lo', 'up']);
  const folder = mkdtempSync(join(tmpdir(), 'kdiag-records-'));
  let passed = false;
  try {
    const world = draw(worlds);
    const {same, undecided, wrong} = await compare(world, folder);
    process.stdout.write(`world ${worlds}: ${same} answers as told, ${undecided} undecided, ${wrong.length} not as told\n${wrong.slice(0, show).map(each => `  ${each}\n`).join('')}${wrong.length > 0 ? `${JSON.stringify(world.options)}\n` : ''}`);
    passed = wrong.length === 0 && same > 1000;
  } finally {
    rmSync(folder, {recursive: true});
  }
  process.exit(passed ? 0 : 1); // its API server would go on
}
let failed = 0;
for (let world = 0; world < worlds; world += 1) {
  const {status} = spawnSync('unshare', ['-n', process.execPath, new URL(import.meta.url).pathname, '--inside', '--seed', String(seed), '--worlds', String(world), '--show', String(show)], {stdio: 'inherit'});
  if (status !== 0) failed += 1;
}
process.exitCode = failed === 0 ? 0 : 1;
