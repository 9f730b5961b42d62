import assert from 'node:assert/strict';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {test, type TestContext} from 'node:test';
import type {Access, Plugin, User} from '../../../../src/cluster/live/access.ts';
import {credentialsOf} from '../../../../src/cluster/live/credentials.ts';
import {clientCertificate, clientKey} from './certificates.ts';
import {fakeApiServer, json, status} from './fake-api-server.ts';

const access = (user: Partial<User>): Access => ({context: 'c', namespace: 'default', server: new URL('https://x.test'), insecure: false, user: {name: 'u', ...user}});
const apiVersion = 'client.authentication.k8s.io/v1';

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'kdiag-credentials-'));
  t.after(() => rm(path, {recursive: true}));
  return path;
}

/** A plugin that runs `script` with Node, and counts its runs in the file `runs`. */
async function plugin(t: TestContext, script: string, more: Partial<Plugin> = {}): Promise<Plugin & {readonly folder: string; runs(): Promise<number>}> {
  const path = await folder(t);
  const file = join(path, 'plugin.mjs');
  await writeFile(file, `import {appendFileSync} from 'node:fs'; appendFileSync(${JSON.stringify(join(path, 'runs'))}, 'x');\nconst status = value => console.log(JSON.stringify({kind: 'ExecCredential', apiVersion: '${apiVersion}', status: value}));\n${script}`);
  return {apiVersion, command: process.execPath, args: [file], env: {}, installHint: '', interactiveMode: '', ...more, folder: path, runs: async () => (await readFile(join(path, 'runs'), 'utf8')).length};
}

test('a token file is read again each time, and wins over the token', async t => {
  const tokenFile = join(await folder(t), 'token');
  const credentials = credentialsOf(access({tokenFile, token: 'old'}));
  assert.deepEqual(await credentials.current(), {known: {headers: {Authorization: 'Bearer old'}}});
  for (const token of ['one', 'two']) {
    await writeFile(tokenFile, `${token}\n`);
    assert.deepEqual(await credentials.current(), {known: {headers: {Authorization: `Bearer ${token}`}}});
  }
  assert.deepEqual(await credentialsOf(access({tokenFile: '/nowhere/token'})).current(), {unknown: {why: 'unauthorized', detail: 'the token file /nowhere/token cannot be read (ENOENT)'}});
});

test('a name and a password', async () => {
  assert.deepEqual(await credentialsOf(access({username: 'u', password: 'p:w'})).current(), {known: {headers: {Authorization: `Basic ${btoa('u:p:w')}`}}});
});

test('impersonation arrives with each group in a header of its own', async t => {
  const server = await fakeApiServer(t, {answer: (_, response) => json(response, {})});
  const impersonate = {user: 'jane', uid: '7', groups: ['g', 'h'], extra: {'example.org/scope': ['x', 'y']}};
  await (await server.transport({access: {user: {name: 'u', impersonate}}})).send({method: 'GET', path: '/'});
  const {rawHeaders = []} = server.received[0] ?? {};
  const pairs = rawHeaders.flatMap((name, i) => (i % 2 === 0 && name.startsWith('Impersonate-') ? [`${name}: ${rawHeaders[i + 1]}`] : []));
  assert.deepEqual(pairs, ['Impersonate-User: jane', 'Impersonate-Uid: 7', 'Impersonate-Group: g', 'Impersonate-Group: h', 'Impersonate-Extra-example.org%2Fscope: x', 'Impersonate-Extra-example.org%2Fscope: y']);
});

test('a plugin is told in KUBERNETES_EXEC_INFO what it is asked for, and its environment', async t => {
  const asked = await plugin(t, 'status({token: Buffer.from(process.env.KUBERNETES_EXEC_INFO + process.env.A).toString("base64")})', {env: {A: 'b'}, cluster: {server: 'https://x.test'}});
  const answer = await credentialsOf(access({plugin: asked})).current();
  assert.ok('known' in answer);
  const token = Buffer.from(String(answer.known.headers['Authorization']).slice('Bearer '.length), 'base64').toString();
  assert.deepEqual(JSON.parse(token.slice(0, -1)), {kind: 'ExecCredential', apiVersion, spec: {interactive: false, cluster: {server: 'https://x.test'}}});
  assert.equal(token.at(-1), 'b');
});

test('one run serves all that wait; an expired token is asked for again', async t => {
  const lasting = await plugin(t, 'status({token: "t", expirationTimestamp: new Date(Date.now() + 3600e3).toISOString()})');
  const credentials = credentialsOf(access({plugin: lasting}));
  await Promise.all([credentials.current(), credentials.current()]);
  await credentials.current();
  assert.equal(await lasting.runs(), 1);

  const expired = await plugin(t, 'status({token: "t", expirationTimestamp: "2020-01-01T00:00:00Z"})');
  const again = credentialsOf(access({plugin: expired}));
  await again.current();
  await again.current();
  assert.equal(await expired.runs(), 2);
});

test('a client certificate from a plugin is used; a token of the kubeconfig goes before a plugin', async t => {
  const issued = await plugin(t, `status({clientCertificateData: ${JSON.stringify(clientCertificate)}, clientKeyData: ${JSON.stringify(clientKey)}})`);
  assert.deepEqual(await credentialsOf(access({plugin: issued})).current(), {known: {headers: {}, cert: clientCertificate, key: clientKey}});
  assert.deepEqual(await credentialsOf(access({plugin: {...issued, command: 'none'}, token: 'own'})).current(), {known: {headers: {Authorization: 'Bearer own'}}});
});

test('after a 401 the plugin is asked once more', async t => {
  const counting = await plugin(t, `import {readFileSync} from 'node:fs'; status({token: 'token-' + readFileSync(process.argv[1].replace('plugin.mjs', 'runs'), 'utf8').length})`);
  const server = await fakeApiServer(t, {answer: ({headers, path}, response) => (headers.authorization === 'Bearer token-2' && path !== '/never' ? json(response, {}) : status(response, 401, 'Unauthorized', 'Unauthorized'))});
  const transport = await server.transport({access: {user: {name: 'u', plugin: counting}}});
  const answer = await transport.send({method: 'GET', path: '/'});
  assert.ok('known' in answer && answer.known.status === 200);
  const never = await transport.send({method: 'GET', path: '/never'});
  assert.ok('known' in never && never.known.status === 401);
  assert.equal(await counting.runs(), 2);
});

test('a failing plugin is one sentence: the command, the last line of stderr, the hint; never what it printed', async t => {
  const fails = async (script: string, more: Partial<Plugin> = {}): Promise<string> => {
    const failing = await plugin(t, script, more);
    const answer = await credentialsOf(access({plugin: failing})).current();
    assert.ok('unknown' in answer && answer.unknown.why === 'unauthorized');
    assert.doesNotMatch(answer.unknown.detail, /s3cret|\n/);
    return answer.unknown.detail.replace(process.execPath, 'PLUGIN');
  };
  assert.equal(await fails('console.log("s3cret"); console.error("first\\nplease log in\\n"); process.exitCode = 4', {installHint: 'run setup'}), 'the credential plugin PLUGIN failed with exit status 4: please log in (run setup)');
  assert.equal(await fails('', {command: 'kdiag-no-such-plugin', installHint: 'get it from x'}), 'the credential plugin kdiag-no-such-plugin is not installed (get it from x)');
  assert.equal(await fails('console.log("s3cret")'), 'the credential plugin PLUGIN did not print JSON');
  assert.equal(await fails('console.log("{}")'), `the credential plugin PLUGIN did not print an ExecCredential of ${apiVersion}`);
  assert.equal(await fails('status({})'), 'the credential plugin PLUGIN gave neither a token nor a client certificate');
  assert.equal(await fails('', {interactiveMode: 'Always'}), 'the credential plugin PLUGIN wants a terminal (interactiveMode: Always), which kdiag does not give it');
  assert.equal(await fails('', {command: ''}), 'the kubeconfig has a credential plugin without a command');
});

test('an OIDC token of the retired auth-provider is used while it is valid; otherwise it is told', async () => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const idToken = (exp: number): string => `${part({alg: 'none'})}.${part({exp})}.x`;
  const valid = idToken(Math.floor(Date.now() / 1000) + 3600);
  assert.deepEqual(await credentialsOf(access({authProvider: {name: 'oidc', config: {'id-token': valid}}})).current(), {known: {headers: {Authorization: `Bearer ${valid}`}}});
  const expired = await credentialsOf(access({authProvider: {name: 'oidc', config: {'id-token': idToken(1)}}})).current();
  assert.ok('unknown' in expired && expired.unknown.why === 'unauthorized');
});
