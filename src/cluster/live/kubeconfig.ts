import {X509Certificate, createPrivateKey} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {isAbsolute, join} from 'node:path';
import {KdiagError} from '../../kdiag-error.ts';
import type {Access, Impersonation, Plugin, User} from './access.ts';
import {inClusterAccess} from './in-cluster.ts';
import {type Entry, type Fields, type Kubeconfig, isFields, readKubeconfig, text} from './kubeconfig-file.ts';

/**
 * The server, and the user to be, that kubectl would choose too: see kubeconfig-file.ts for the files; without any, the pod's
 * service account. Throws KdiagError: 2 when a file or `--context` is wrong, 3 when there is no configuration at all.
 */
export async function findAccess(options: {readonly kubeconfig?: string; readonly context?: string}, environment: NodeJS.ProcessEnv): Promise<Access> {
  const config = await readKubeconfig(options.kubeconfig, environment);
  const empty = config === null || (config.contexts.size === 0 && config.clusters.size === 0);
  if (!empty) return accessOf(config, options.context);
  if (options.context !== undefined) throw new KdiagError(2, `there is no context ${options.context}: no kubeconfig was found`);
  const access = options.kubeconfig === undefined ? await inClusterAccess(environment) : null;
  if (access !== null) return access;
  const where = config?.files.join(', ') ?? '';
  throw new KdiagError(options.kubeconfig === undefined ? 3 : 2, where === '' ? 'no kubeconfig was found, and kdiag does not run in a pod' : `${where} names no cluster`, 'set KUBECONFIG or use --kubeconfig FILE');
}

async function accessOf(config: Kubeconfig, asked: string | undefined): Promise<Access> {
  const where = config.files.join(', ');
  const name = asked ?? config.currentContext;
  const names = [...config.contexts.keys()].sort();
  const choice = names.length === 0 ? 'it has no contexts' : `its contexts are ${names.join(', ')}`;
  if (name === '') throw new KdiagError(2, `${where} has no current-context; ${choice}`, 'name one with --context');
  const context = config.contexts.get(name);
  if (context === undefined) throw new KdiagError(2, `${where} has no context ${name}; ${choice}`);
  const cluster = named(config.clusters, text(context.fields['cluster']), `context ${name}`, 'cluster');
  const userName = text(context.fields['user']);
  const user = userName === '' ? {name: '', fields: {}, folder: cluster.folder} : named(config.users, userName, `context ${name}`, 'user');

  const server = address(text(cluster.fields['server']), `the server of cluster ${cluster.name}`, /^https?:$/);
  const ca = await material(cluster, 'certificate-authority');
  const tlsServerName = text(cluster.fields['tls-server-name']);
  const proxyUrl = text(cluster.fields['proxy-url']);
  const access: Access = {
    context: name,
    namespace: text(context.fields['namespace']) || 'default',
    server,
    insecure: cluster.fields['insecure-skip-tls-verify'] === true,
    user: await userOf(user, cluster, ca),
    ...(ca && {ca}),
    ...(tlsServerName !== '' && {tlsServerName}),
    ...(proxyUrl !== '' && {proxyUrl: address(proxyUrl, `the proxy-url of cluster ${cluster.name}`, /^(https?|socks5h?):$/)}),
  };
  checkCertificates(access, cluster.name);
  return access;
}

function named(entries: ReadonlyMap<string, Entry>, name: string, from: string, what: string): Entry {
  const entry = entries.get(name);
  if (entry === undefined) throw new KdiagError(2, name === '' ? `the kubeconfig's ${from} names no ${what}` : `the kubeconfig's ${from} names the ${what} ${name}, which it does not have`);
  return entry;
}

function address(value: string, what: string, schemes: RegExp): URL {
  const url = URL.parse(/^[a-z0-9]+:\/\//i.test(value) ? value : `https://${value}`);
  if (value === '' || url === null || !schemes.test(url.protocol)) throw new KdiagError(2, `${what} is no address that kdiag can use: ${url === null || url.password === '' ? JSON.stringify(value) : url.host}`);
  return url;
}

async function userOf(entry: Entry, cluster: Entry, ca: Buffer | undefined): Promise<User> {
  const {fields} = entry;
  const [cert, key] = await Promise.all([material(entry, 'client-certificate'), material(entry, 'client-key')]);
  const [token, tokenFile, username] = [text(fields['token']).trim(), text(fields['tokenFile']), text(fields['username'])];
  const impersonate = impersonationOf(fields);
  return {
    name: entry.name,
    ...(cert && {cert}),
    ...(key && {key}),
    ...(token !== '' && {token}),
    ...(tokenFile !== '' && {tokenFile: isAbsolute(tokenFile) ? tokenFile : join(entry.folder, tokenFile)}),
    ...(username !== '' && {username, password: text(fields['password'])}),
    ...(isFields(fields['exec']) && {plugin: pluginOf(fields['exec'], entry, cluster, ca)}),
    ...(isFields(fields['auth-provider']) && {authProvider: fields['auth-provider']}),
    ...(impersonate && {impersonate}),
  };
}

function impersonationOf(fields: Fields): Impersonation | undefined {
  const [user, uid, groups] = [text(fields['as']), text(fields['as-uid']), strings(fields['as-groups'])];
  const extra = isFields(fields['as-user-extra']) ? Object.entries(fields['as-user-extra']) : [];
  if (user === '' && uid === '' && groups.length === 0 && extra.length === 0) return undefined;
  return {user, uid, groups, extra: Object.fromEntries(extra.map(([key, values]) => [key, strings(values)]))};
}

function pluginOf(exec: Fields, user: Entry, cluster: Entry, ca: Buffer | undefined): Plugin {
  const command = text(exec['command']);
  const env = Array.isArray(exec['env']) ? exec['env'].filter(isFields) : [];
  return {
    apiVersion: text(exec['apiVersion']),
    // a bare name is looked up in PATH; a relative path starts from the kubeconfig's folder
    command: command.includes('/') && !isAbsolute(command) ? join(user.folder, command) : command,
    args: strings(exec['args']),
    env: Object.fromEntries(env.map(variable => [text(variable['name']), text(variable['value'])])),
    installHint: text(exec['installHint']).trim(),
    interactiveMode: text(exec['interactiveMode']),
    ...(exec['provideClusterInfo'] === true && {cluster: clusterInfo(cluster, ca)}),
  };
}

/** The Cluster of client.authentication.k8s.io: https://kubernetes.io/docs/reference/config-api/client-authentication.v1/ */
function clusterInfo({fields}: Entry, ca: Buffer | undefined): Fields {
  const copied = ['server', 'tls-server-name', 'insecure-skip-tls-verify', 'proxy-url'].filter(key => fields[key] !== undefined);
  const extensions = Array.isArray(fields['extensions']) ? fields['extensions'].filter(isFields) : [];
  const config = extensions.find(extension => extension['name'] === 'client.authentication.k8s.io/exec')?.['extension'];
  return {
    ...Object.fromEntries(copied.map(key => [key, fields[key]])),
    ...(ca && {'certificate-authority-data': ca.toString('base64')}),
    ...(config !== undefined && {config}),
  };
}

/** PEM from `KEY-data` (base64), or else from the file that `KEY` names. */
async function material(entry: Entry, key: string): Promise<Buffer | undefined> {
  const data = text(entry.fields[`${key}-data`]);
  if (data !== '') return Buffer.from(data, 'base64');
  const file = text(entry.fields[key]);
  if (file === '') return undefined;
  try {
    return await readFile(isAbsolute(file) ? file : join(entry.folder, file));
  } catch (error) {
    throw new KdiagError(2, `the kubeconfig's ${entry.name} has the ${key} ${file}, which cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** Broken PEM would otherwise show up as a puzzling failure of each request. */
function checkCertificates(access: Access, cluster: string): void {
  const {cert, key} = access.user;
  if ((cert === undefined) !== (key === undefined)) throw new KdiagError(2, `the kubeconfig's user ${access.user.name} has a client ${cert === undefined ? 'key without a certificate' : 'certificate without a key'}`);
  if (access.ca && attempt(() => new X509Certificate(access.ca!)) === null) throw new KdiagError(2, `the certificate-authority of the kubeconfig's cluster ${cluster} is no PEM certificate`);
  if (cert === undefined || key === undefined) return;
  if (attempt(() => new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) !== true) throw new KdiagError(2, `the client certificate and key of the kubeconfig's user ${access.user.name} are not usable: no PEM, or they do not belong together`);
}

function attempt<T>(what: () => T): T | null {
  try {
    return what();
  } catch {
    return null;
  }
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(text) : [];
}
