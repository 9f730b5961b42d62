import assert from 'node:assert/strict';
import {createServer} from 'node:http';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {describeReport, diagnose} from '../kdiag.ts';
import {kubeconfig, kubectl, onNode, run, root, tryOnNode, until} from '../rig.ts';
import {restoreCertificate, serveCertificate, serviceNames, vipName} from './certificate.ts';

let folder: string | undefined;
const file = (name: string): string => join(folder ?? '', name);

before(async () => { folder = await mkdtemp(join(tmpdir(), 'kdiag-live-')); });
after(async () => { if (folder !== undefined) await rm(folder, {recursive: true}); });

/** Exit 3, in time, and the reason in the first sentence. */
async function unreachable(config: string, says: RegExp, most = 15): Promise<void> {
  const start = Date.now();
  const found = await diagnose(['apiserver-vip', '--kubeconfig', config]);
  assert.equal(found.exit, 3, describeReport(found));
  assert.equal(found.report.status, 'unknown', describeReport(found));
  assert.match(found.report.verdict.summary, says);
  assert.ok(Date.now() - start < most * 1000, `it took ${Date.now() - start} ms`);
}

/** The cluster's own kubeconfig, changed. */
async function variant(name: string, change: (text: string) => string): Promise<string> {
  const text = await readFile(kubeconfig, 'utf8');
  const changed = change(text);
  assert.notEqual(changed, text, 'the kubeconfig was not changed');
  await writeFile(file(name), changed, {mode: 0o600});
  return file(name);
}

const server = /server: (https:\/\/127\.0\.0\.1:\d+)/;
const credentials = /^ {4}client-(?:certificate|key)-data: .*\n/gm;
const withToken = (token: string) => (text: string): string => text.replace(credentials, '').replace(/(- name: kubernetes-admin\n {2}user:)/, `$1\n    token: ${token}`);

test('nothing listens at the server of the kubeconfig', {timeout: 60_000}, async () => {
  await unreachable(await variant('refused', text => text.replace(server, 'server: https://127.0.0.1:1')), /https:\/\/127\.0\.0\.1:1: connection refused/);
});

test("the server's name does not exist", {timeout: 60_000}, async () => {
  await unreachable(await variant('name', text => text.replace(server, 'server: https://api.nowhere.invalid:6443')), /api\.nowhere\.invalid:6443: its host name (does not exist|could not be looked up)/);
});

test('the certificate authority of the kubeconfig is another one', {timeout: 60_000}, async () => {
  const made = await run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=kubernetes', '-days', '1', '-keyout', file('other.key'), '-out', file('other.crt')]);
  assert.equal(made.code, 0, made.stderr);
  const other = (await readFile(file('other.crt'))).toString('base64');
  await unreachable(await variant('ca', text => text.replace(/certificate-authority-data: .*/, `certificate-authority-data: ${other}`)), /its certificate is not signed by an authority that the kubeconfig/);
});

test('the token is not one', {timeout: 60_000}, async () => {
  await unreachable(await variant('token', withToken('nonsense')), /does not accept these credentials/);
});

test('the token has expired', {timeout: 60_000}, async () => {
  // of the past, and signed by the cluster's own key: the API server issues none that has less than ten minutes
  const token = (await onNode('cp', `b() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
    h=$(printf '{"alg":"RS256","typ":"JWT"}' | b)
    p=$(printf '{"iss":"https://kubernetes.default.svc.cluster.local","aud":["https://kubernetes.default.svc.cluster.local"],"sub":"system:serviceaccount:default:default","iat":1700000000,"nbf":1700000000,"exp":1700003600}' | b)
    printf '%s.%s.%s' $h $p $(printf '%s.%s' $h $p | openssl dgst -sha256 -sign /etc/kubernetes/pki/sa.key | b)`)).trim();
  await unreachable(await variant('expired', withToken(token)), /does not accept these credentials: the token expired at 2023-11-14T23:13:20/);
});

test('the proxy of the kubeconfig refuses connections', {timeout: 60_000}, async () => {
  await unreachable(await variant('proxy', text => text.replace(server, '$&\n    proxy-url: http://127.0.0.1:1')), /cannot reach the proxy 127\.0\.0\.1:1, .*connection refused/);
});

test('the proxy of the kubeconfig lets nothing through', {timeout: 60_000}, async () => {
  const proxy = createServer().on('connect', (_, socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'));
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve));
  const {port} = proxy.address() as {port: number};
  try {
    await unreachable(await variant('proxy-403', text => text.replace(server, `$&\n    proxy-url: http://127.0.0.1:${port}`)), /through the proxy 127\.0\.0\.1:\d+: the proxy answered HTTP 403/);
  } finally {
    proxy.close();
  }
});

test("the API server's certificate has expired: exit 3 says so, and without its being checked kdiag finds it", {timeout: 240_000}, async () => {
  try {
    await serveCertificate([vipName, ...serviceNames], {end: '20240201000000Z'});
    await unreachable(kubeconfig, /its certificate has expired/);
    const found = await diagnose(['apiserver-vip', '--kubeconfig', await variant('insecure', text => text.replace(/certificate-authority-data: .*/, 'insecure-skip-tls-verify: true'))]);
    assert.deepEqual(found.report.verdict.rootCauses.filter(({level}) => level === 'error').map(({code, args}) => [code, args?.['reason']]), [['apiserver-certificate-lacks-vip', 'expired']], describeReport(found));
  } finally {
    await restoreCertificate();
  }
});

test("the API server's certificate is of a CA that was made anew: exit 3 says so, and who does not check it is told why pods refuse it", {timeout: 240_000}, async () => {
  try {
    await serveCertificate([vipName, ...serviceNames], {newCa: true});
    await unreachable(kubeconfig, /certificate/);
    const found = await diagnose(['apiserver-vip', '--kubeconfig', await variant('insecure', text => text.replace(/certificate-authority-data: .*/, 'insecure-skip-tls-verify: true'))]);
    assert.deepEqual(found.report.verdict.rootCauses.filter(({level}) => level === 'error').map(({code, args}) => [code, args?.['reason']]), [['apiserver-certificate-lacks-vip', 'issuer']], describeReport(found));
  } finally {
    await restoreCertificate();
  }
});

test('the API server is stopped', {timeout: 240_000}, async () => {
  const manifest = '/etc/kubernetes/manifests/kube-apiserver.yaml';
  try {
    await onNode('cp', `mv ${manifest} /etc/kubernetes/kube-apiserver.kept`);
    await until('the API server to stop', 60, async () => ((await tryOnNode('cp', 'curl -sk -m 2 https://172.30.0.10:6443/')).code === 7 ? true : null));
    await unreachable(kubeconfig, /connection refused|ended before the answer was complete/);
  } finally {
    await onNode('cp', `[ -e ${manifest} ] || mv /etc/kubernetes/kube-apiserver.kept ${manifest}`);
    await until('the API server to be ready', 120, async () => ((await run(join(root, 'test/cluster/cluster'), ['kubectl', 'get', '--raw', '/readyz'])).code === 0 ? true : null));
    await kubectl('wait --for=condition=Ready node --all --timeout=90s');
  }
});
