import {readFile} from 'node:fs/promises';
import type {RequestOptions} from 'node:https';
import {type Answer, isKnown, known, unknown} from '../answer.ts';
import type {Access, Impersonation} from './access.ts';
import {oneLine} from './errors.ts';
import {type PluginCredential, runPlugin} from './plugin.ts';

/** What a request carries to be let in. */
export interface Credential {
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** PEM */
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
}

export interface Credentials {
  /** A failure is `unauthorized`, in a sentence that holds no secret. */
  current(): Promise<Answer<Credential>>;
  /** The server answered 401. True when the next `current()` gives something new. */
  refused(): boolean;
}

/**
 * kubectl's order: a token of the kubeconfig wins over a plugin's, and that over nothing; a client certificate goes along with
 * either. Only the retired `auth-provider` stanza (OIDC) needs client-node, which costs 0.5 s to load; so that is done here,
 * and when one is met. Source: client-go rest/config.go and plugin/pkg/client/auth/exec.
 */
export function credentialsOf(access: Access): Credentials {
  const {user} = access;
  const fixed = {...impersonationHeaders(user.impersonate), ...basicAuth(user.username, user.password)};
  const certificate = {...(user.cert && {cert: user.cert}), ...(user.key && {key: user.key})};
  let issued: Promise<Answer<PluginCredential>> | undefined;
  let expires = Infinity;

  /** One run serves all the requests that wait for it; a failure is kept, so that it is not repeated for each of them. */
  const fromPlugin = (plugin: NonNullable<typeof user.plugin>): Promise<Answer<PluginCredential>> => {
    if (issued === undefined || Date.now() > expires) {
      expires = Infinity;
      issued = runPlugin(plugin).then(answer => {
        if (isKnown(answer)) expires = answer.known.expires;
        return answer;
      });
    }
    return issued;
  };

  const current = async (): Promise<Answer<Credential>> => {
    const token = await configuredToken(user);
    if (!isKnown(token)) return token;
    if (token.known !== '') return known({headers: {...fixed, Authorization: `Bearer ${token.known}`}, ...certificate});
    if (user.plugin !== undefined) {
      const answer = await fromPlugin(user.plugin);
      if (!isKnown(answer)) return answer;
      const {token: plugged, cert, key} = answer.known;
      return known({headers: {...fixed, ...(plugged !== '' && {Authorization: `Bearer ${plugged}`})}, ...certificate, ...(cert !== '' && {cert, key})});
    }
    if (user.authProvider !== undefined) {
      const authorization = await fromAuthProvider(access);
      return isKnown(authorization) ? known({headers: {...fixed, Authorization: authorization.known}, ...certificate}) : authorization;
    }
    return known({headers: fixed, ...certificate});
  };

  let refreshed = false;
  return {
    current,
    refused() {
      if (user.plugin === undefined || refreshed) return false;
      refreshed = true;
      issued = undefined;
      return true;
    },
  };
}

/** The file wins over the token next to it, which may be older. Empty: the kubeconfig has none. */
async function configuredToken(user: Access['user']): Promise<Answer<string>> {
  if (user.tokenFile === undefined) return known(user.token ?? '');
  try {
    return known((await readFile(user.tokenFile, 'utf8')).trim());
  } catch (error) {
    if (user.token !== undefined) return known(user.token);
    return unknown('unauthorized', `the token file ${user.tokenFile} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

function basicAuth(username: string | undefined, password = ''): Readonly<Record<string, string>> {
  return username === undefined ? {} : {Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`};
}

function impersonationHeaders(impersonate: Impersonation | undefined): Readonly<Record<string, string | readonly string[]>> {
  if (impersonate === undefined) return {};
  const {user, uid, groups, extra} = impersonate;
  return {
    ...(user !== '' && {'Impersonate-User': user}),
    ...(uid !== '' && {'Impersonate-Uid': uid}),
    ...(groups.length > 0 && {'Impersonate-Group': groups}),
    ...Object.fromEntries(Object.entries(extra).map(([key, values]) => [`Impersonate-Extra-${encodeURIComponent(key)}`, values])),
  };
}

type KubeConfig = import('@kubernetes/client-node').KubeConfig;
const authProviders = new WeakMap<Access, Promise<KubeConfig>>();

/** An ID token that client-node refreshed is not written back to the kubeconfig. */
async function fromAuthProvider(access: Access): Promise<Answer<string>> {
  try {
    const loaded = authProviders.get(access) ?? loadAuthProvider(access);
    authProviders.set(access, loaded);
    const request: RequestOptions = {};
    await (await loaded).applyToHTTPSOptions(request);
    const authorization = (request.headers as Record<string, string> | undefined)?.['Authorization'];
    return authorization === undefined ? unknown('unauthorized', 'the kubeconfig\'s auth-provider gave no token: log in again with the tool that wrote it') : known(authorization);
  } catch (error) {
    return unknown('unauthorized', oneLine(`the kubeconfig's auth-provider gave no token: ${(error as Error).message}`));
  }
}

async function loadAuthProvider({user, server}: Access): Promise<KubeConfig> {
  const {KubeConfig} = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{name: 'kdiag', server: server.href, skipTLSVerify: server.protocol === 'http:'}],
    users: [{name: user.name, authProvider: structuredClone(user.authProvider)}],
    contexts: [{name: 'kdiag', cluster: 'kdiag', user: user.name}],
    currentContext: 'kdiag',
  });
  return config;
}
