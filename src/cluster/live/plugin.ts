import {execFile} from 'node:child_process';
import {type Answer, known, unknown} from '../answer.ts';
import type {Plugin} from './access.ts';
import {oneLine} from './errors.ts';

/** Some plugins log in through a browser first. */
const patience = 60_000;

/** The status of an ExecCredential: https://kubernetes.io/docs/reference/config-api/client-authentication.v1/ */
export interface PluginCredential {
  readonly token: string;
  readonly cert: string;
  readonly key: string;
  /** Milliseconds since 1970; Infinity when the plugin does not say. */
  readonly expires: number;
}

/**
 * Runs a credential plugin without a terminal. A failure is `unauthorized`, with the command, the last line that it wrote to
 * stderr and the installHint. client-node's own runner is not used: it sets no KUBERNETES_EXEC_INFO and waits for ever.
 */
export async function runPlugin(plugin: Plugin): Promise<Answer<PluginCredential>> {
  const name = `the credential plugin ${plugin.command}`;
  if (plugin.command === '') return unknown('unauthorized', 'the kubeconfig has a credential plugin without a command');
  if (plugin.interactiveMode === 'Always') return unknown('unauthorized', `${name} wants a terminal (interactiveMode: Always), which kdiag does not give it`);
  const {failure, stdout, stderr} = await run(plugin);
  if (failure !== '') {
    const last = stderr.trim().split('\n').at(-1) ?? '';
    return unknown('unauthorized', oneLine(`${name} ${failure}${last === '' ? '' : `: ${last}`}${plugin.installHint === '' ? '' : ` (${plugin.installHint})`}`));
  }
  return credentialOf(stdout, plugin, name);
}

function run(plugin: Plugin): Promise<{readonly failure: string; readonly stdout: string; readonly stderr: string}> {
  const info = {kind: 'ExecCredential', apiVersion: plugin.apiVersion, spec: {interactive: false, ...(plugin.cluster && {cluster: plugin.cluster})}};
  const env = {...process.env, ...plugin.env, KUBERNETES_EXEC_INFO: JSON.stringify(info)};
  return new Promise(resolve => {
    const child = execFile(plugin.command, plugin.args, {env, timeout: patience, killSignal: 'SIGKILL', windowsHide: true}, (error, stdout, stderr) => {
      resolve({failure: error === null ? '' : failureOf(error), stdout, stderr});
    });
    child.stdin?.on('error', () => {}); // a program that cannot be started has no stdin to end
    child.stdin?.end();
  });
}

function failureOf(error: Error & {code?: number | string | null; killed?: boolean}): string {
  if (error.code === 'ENOENT') return 'is not installed';
  if (error.code === 'EACCES') return 'may not be executed';
  if (error.killed === true) return `did not answer within ${patience / 1000} s`;
  return typeof error.code === 'number' ? `failed with exit status ${error.code}` : 'failed';
}

function credentialOf(stdout: string, plugin: Plugin, name: string): Answer<PluginCredential> {
  let answer: {kind?: unknown; apiVersion?: unknown; status?: Record<string, unknown>};
  try {
    answer = JSON.parse(stdout) as typeof answer;
  } catch {
    return unknown('unauthorized', `${name} did not print JSON`); // what it printed may be a token
  }
  const {status} = answer;
  if (answer.kind !== 'ExecCredential' || answer.apiVersion !== plugin.apiVersion) return unknown('unauthorized', `${name} did not print an ExecCredential of ${plugin.apiVersion}`);
  const field = (key: string): string => (typeof status?.[key] === 'string' ? status[key] : '');
  const [token, cert, key] = [field('token'), field('clientCertificateData'), field('clientKeyData')];
  if (token === '' && (cert === '' || key === '')) return unknown('unauthorized', `${name} gave neither a token nor a client certificate`);
  const expires = Date.parse(field('expirationTimestamp'));
  return known({token, cert, key, expires: Number.isNaN(expires) ? Infinity : expires});
}
