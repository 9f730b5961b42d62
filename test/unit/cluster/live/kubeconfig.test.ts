import assert from 'node:assert/strict';
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {test, type TestContext} from 'node:test';
import {inClusterAccess} from '../../../../src/cluster/live/in-cluster.ts';
import {findAccess} from '../../../../src/cluster/live/kubeconfig.ts';
import {KdiagError} from '../../../../src/kdiag-error.ts';
import {authority, clientCertificate, clientKey, serverKey} from './certificates.ts';

async function folder(t: TestContext, files: Readonly<Record<string, unknown>>): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'kdiag-kubeconfig-'));
  t.after(() => rm(path, {recursive: true}));
  for (const [name, content] of Object.entries(files)) await writeFile(join(path, name), typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const config = (name: string, {cluster = {}, user = {}, context = {}}: {cluster?: object; user?: object; context?: object} = {}): object => ({
  'apiVersion': 'v1',
  'kind': 'Config',
  'current-context': name,
  'contexts': [{name, context: {cluster: name, user: name, ...context}}],
  'clusters': [{name, cluster: {server: `https://${name}.test:6443`, ...cluster}}],
  'users': [{name, user}],
});

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const fails = (exit: number, message: RegExp) => (error: unknown): boolean => error instanceof KdiagError && error.exit === exit && message.test(error.message);

test('--kubeconfig wins over $KUBECONFIG, and must exist', async t => {
  const path = await folder(t, {a: config('a'), b: config('b')});
  const environment = {KUBECONFIG: join(path, 'b')};
  assert.equal((await findAccess({kubeconfig: join(path, 'a')}, environment)).server.href, 'https://a.test:6443/');
  assert.equal((await findAccess({}, environment)).context, 'b');
  await assert.rejects(findAccess({kubeconfig: join(path, 'none')}, environment), fails(2, /cannot read the kubeconfig .*none: no such file/));
  await assert.rejects(findAccess({kubeconfig: path}, environment), fails(2, /it is a folder/));
});

test('of several files the first wins, whole; missing and doubled ones are no error', async t => {
  const path = await folder(t, {
    a: {...config('shared', {user: {token: 'first'}}), 'current-context': ''},
    b: {...config('shared', {user: {token: 'second', username: 'u'}, cluster: {server: 'https://second.test', 'tls-server-name': 'x'}, context: {namespace: 'n'}}), 'current-context': 'other'},
    c: config('other'),
  });
  const environment = {KUBECONFIG: ['', 'none', 'a', 'b', 'a', 'c'].map(name => (name === '' ? '' : join(path, name))).join(':')};
  assert.equal((await findAccess({}, environment)).context, 'other');
  const access = await findAccess({context: 'shared'}, environment);
  assert.deepEqual([access.server.host, access.user.token, access.user.username, access.tlsServerName, access.namespace], ['shared.test:6443', 'first', undefined, undefined, 'default']);
});

test('a context that is not there is told with those that are', async t => {
  const path = await folder(t, {a: config('a'), b: config('b')});
  const environment = {KUBECONFIG: `${join(path, 'b')}:${join(path, 'a')}`};
  await assert.rejects(findAccess({context: 'c'}, environment), fails(2, /has no context c; its contexts are a, b$/));
  const none = await folder(t, {none: {...config('a'), 'current-context': ''}});
  await assert.rejects(findAccess({}, {KUBECONFIG: join(none, 'none')}), fails(2, /no current-context; its contexts are a$/));
});

test('no configuration at all says so, and not localhost:8080', async t => {
  const path = await folder(t, {empty: '', nothing: 'apiVersion: v1\nkind: Config\nclusters: null\ncontexts: null\nusers: null\n'});
  await assert.rejects(findAccess({}, {KUBECONFIG: join(path, 'missing')}), fails(3, /^no kubeconfig was found, and kdiag does not run in a pod$/));
  await assert.rejects(findAccess({}, {KUBECONFIG: join(path, 'nothing')}), fails(3, /nothing names no cluster$/));
  await assert.rejects(findAccess({kubeconfig: join(path, 'empty')}, {}), fails(2, /empty names no cluster$/));
  await assert.rejects(findAccess({context: 'x'}, {KUBECONFIG: join(path, 'missing')}), fails(2, /there is no context x: no kubeconfig was found/));
});

test('broken files name the file, and repeat nothing of it', async t => {
  const path = await folder(t, {broken: 'users:\n- name: a\n  user: {token: s3cret\n  x: [', list: '[1]', text: 'hello'});
  for (const file of ['broken', 'list', 'text']) {
    await assert.rejects(findAccess({kubeconfig: join(path, file)}, {}), (error: unknown) => fails(2, new RegExp(`${file} is no kubeconfig`))(error) && !(error as Error).message.includes('s3cret'));
  }
});

test('contexts that lead nowhere, and addresses of no use, are told', async t => {
  const cases: readonly (readonly [object, RegExp])[] = [
    [{context: {cluster: 'none'}}, /context a names the cluster none, which it does not have/],
    [{context: {cluster: ''}}, /context a names no cluster/],
    [{context: {user: 'none'}}, /context a names the user none, which it does not have/],
    [{cluster: {server: ''}}, /the server of cluster a is no address/],
    [{cluster: {server: 'ftp://x'}}, /the server of cluster a is no address/],
    [{cluster: {'proxy-url': 'ftp://x'}}, /the proxy-url of cluster a is no address/],
    [{cluster: {'certificate-authority': 'none.pem'}}, /certificate-authority none.pem, which cannot be read \(ENOENT\)/],
    [{cluster: {'certificate-authority-data': base64('x')}}, /certificate-authority of the kubeconfig's cluster a is no PEM certificate/],
    [{user: {'client-certificate-data': base64(clientCertificate)}}, /user a has a client certificate without a key/],
    [{user: {'client-certificate-data': base64(clientCertificate), 'client-key-data': base64(serverKey)}}, /client certificate and key of the kubeconfig's user a are not usable/],
  ];
  for (const [change, message] of cases) {
    const path = await folder(t, {a: config('a', change)});
    await assert.rejects(findAccess({kubeconfig: join(path, 'a')}, {}), fails(2, message));
  }
});

test('everything that a kubeconfig can say is taken, paths from the file\'s folder', async t => {
  const path = await folder(t, {
    'ca.pem': authority,
    'client.pem': clientCertificate,
    'client.key': clientKey,
    'config': config('a', {
      cluster: {'server': 'http://a.test', 'certificate-authority': 'ca.pem', 'insecure-skip-tls-verify': true, 'tls-server-name': 'inner', 'proxy-url': 'socks5://proxy.test:1080'},
      user: {'client-certificate': 'client.pem', 'client-key': 'client.key', 'token': 12_345, 'tokenFile': 'token', 'username': 'u', 'password': 'p', 'as': 'jane', 'as-uid': '7', 'as-groups': ['g', 'h'], 'as-user-extra': {scopes: ['x', 'y']}, 'auth-provider': {name: 'oidc'}},
      context: {namespace: 'shop'},
    }),
  });
  const access = await findAccess({kubeconfig: join(path, 'config')}, {});
  assert.deepEqual({...access, server: access.server.href, proxyUrl: access.proxyUrl?.href}, {
    context: 'a',
    namespace: 'shop',
    server: 'http://a.test/',
    ca: Buffer.from(authority),
    insecure: true,
    tlsServerName: 'inner',
    proxyUrl: 'socks5://proxy.test:1080',
    user: {
      name: 'a',
      cert: Buffer.from(clientCertificate),
      key: Buffer.from(clientKey),
      token: '12345',
      tokenFile: join(path, 'token'),
      username: 'u',
      password: 'p',
      authProvider: {name: 'oidc'},
      impersonate: {user: 'jane', uid: '7', groups: ['g', 'h'], extra: {scopes: ['x', 'y']}},
    },
  });
});

test('data wins over a file of the same name; YAML with anchors and nulls is read; a context needs no user', async t => {
  const path = await folder(t, {
    data: config('a', {cluster: {'certificate-authority-data': base64(authority), 'certificate-authority': 'none'}}),
    yaml: 'current-context: "on"\npreferences: {}\nclusters:\n- &c\n  name: on\n  cluster: {server: "https://x.test"}\ncontexts:\n- name: on\n  context: {cluster: on, user: }\nusers: null\n',
  });
  assert.deepEqual((await findAccess({kubeconfig: join(path, 'data')}, {})).ca, Buffer.from(authority));
  assert.equal((await findAccess({kubeconfig: join(path, 'yaml')}, {})).server.host, 'x.test');
});

test('a plugin\'s relative command starts from the file\'s folder, and gets the cluster\'s facts only when asked for', async t => {
  const exec = {apiVersion: 'client.authentication.k8s.io/v1', command: './bin/plugin', args: null, env: [{name: 'A', value: 'b'}], installHint: 'get it\n', provideClusterInfo: true};
  const path = await folder(t, {
    with: config('a', {user: {exec}, cluster: {'certificate-authority-data': base64(authority), 'extensions': [{name: 'client.authentication.k8s.io/exec', extension: {audience: 'x'}}]}}),
    without: config('a', {user: {exec: {...exec, provideClusterInfo: false, command: 'plugin'}}}),
  });
  const {plugin} = (await findAccess({kubeconfig: join(path, 'with')}, {})).user;
  assert.deepEqual(plugin, {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: join(path, 'bin/plugin'),
    args: [],
    env: {A: 'b'},
    installHint: 'get it',
    interactiveMode: '',
    cluster: {'server': 'https://a.test:6443', 'certificate-authority-data': base64(authority), 'config': {audience: 'x'}},
  });
  const other = (await findAccess({kubeconfig: join(path, 'without')}, {})).user.plugin;
  assert.deepEqual([other?.command, other?.cluster], ['plugin', undefined]);
});

test('in a pod, the service account', async t => {
  const path = await folder(t, {'token': 't', 'ca.crt': authority, 'namespace': 'tools\n'});
  const environment = {KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443'};
  const access = await inClusterAccess(environment, path);
  assert.deepEqual([access?.context, access?.namespace, access?.server.href, access?.user.tokenFile], ['in-cluster', 'tools', 'https://[fd00::1]/', join(path, 'token')]);
  assert.equal(await inClusterAccess({}, path), null);
  await mkdir(join(path, 'other'));
  assert.equal(await inClusterAccess(environment, join(path, 'other')), null);
  await writeFile(join(path, 'other', 'token'), 't');
  await assert.rejects(inClusterAccess(environment, join(path, 'other')), fails(3, /this pod's service account cannot be used/));
});
