import * as Flags from '@oclif/core/flags';
import {KdiagError} from '../kdiag-error.ts';
import {formats, type Output, outputOf} from './outputs.ts';

/** Which cluster, as kubectl asks for it; and recordings instead of, or beside, a live one. */
export const clusterFlags = {
  context: Flags.string({description: 'kubeconfig context to use', helpGroup: 'CLUSTER'}),
  kubeconfig: Flags.string({description: 'kubeconfig file to use', helpGroup: 'CLUSTER'}),
  namespace: Flags.string({char: 'n', description: "namespace; the context's own unless given", helpGroup: 'CLUSTER'}),
  'request-timeout': Flags.custom<number>({parse: async text => seconds(text), default: 10, defaultHelp: async () => '10s'})({description: 'how long to wait for one answer of the API server, such as 10s', helpGroup: 'CLUSTER'}),
  timeout: Flags.custom<number>({parse: async text => seconds(text), default: 120, defaultHelp: async () => '2m'})({description: 'how long the whole examination may take; what was not learned by then is said', helpGroup: 'CLUSTER'}),
  record: Flags.string({description: 'also write what this run learns to FILE', helpValue: 'FILE', exclusive: ['recording'], helpGroup: 'RECORDING'}),
  recording: Flags.string({description: 'learn everything from a recording, and nothing from a cluster', helpValue: 'FILE', helpGroup: 'RECORDING'}),
};

/** How the nodes' rules are read. */
export const nodeFlags = {
  via: Flags.option({options: ['auto', 'debug-pod', 'kube-proxy'] as const, default: 'auto' as const})({description: "read a node's rules by exec into its kube-proxy pod (fewer rights), through a privileged debug pod, or whichever works", helpGroup: 'NODES'}),
  'debug-image': Flags.string({description: "image of the debug pods; else the cluster's own kube-proxy image", helpGroup: 'NODES'}),
  'debug-namespace': Flags.string({description: 'namespace of the debug pods', default: 'kube-system', helpGroup: 'NODES'}),
  'no-debug-pod': Flags.boolean({description: 'create nothing in the cluster; what could then not be read is said', helpGroup: 'NODES'}),
  'no-probe': Flags.boolean({description: 'send no packet of its own to anything in the cluster: what only an attempt shows is then not told', helpGroup: 'NODES'}),
  concurrency: Flags.integer({description: 'nodes to read at once', default: 10, min: 1, helpGroup: 'NODES'}),
};

export const reportFlags = {
  output: Flags.custom<Output>({char: 'o', multiple: true, multipleNonGreedy: true, parse: async text => told(() => outputOf(text)), default: []})({description: `form of the report: ${formats.join(', ')}; with =FILE it is written there, beside what is shown`, helpValue: 'FORMAT[=FILE]', helpGroup: 'REPORT'}),
  'fail-on': Flags.option({options: ['error', 'warning', 'info'] as const, default: 'error' as const})({description: 'exit with 1 when there is a finding of this level or above', helpGroup: 'REPORT'}),
};

/** Of commands whose answer is no report of findings. */
export const formFlags = {
  output: Flags.option({char: 'o', options: ['text', 'wide', 'json'] as const, default: 'text' as const})({description: 'form of the answer', helpGroup: 'REPORT'}),
};

export const commonFlags = {
  verbose: Flags.boolean({char: 'v', description: 'say on stderr what is being done'}),
  'no-color': Flags.boolean({description: 'no colours (as NO_COLOR does)'}),
};

/** A flag that may be given several times, or once as `A,B`. */
export const listFlag = Flags.custom<string>({multiple: true, multipleNonGreedy: true, delimiter: ','});

/** kubectl's durations: `10s`, `2m`, `1h`, `1m30s`, `500ms`, or plain seconds. Throws on anything else. */
export function seconds(text: string): number {
  const units = {ms: 0.001, s: 1, m: 60, h: 3600} as const;
  if (/^\d+(\.\d+)?$/.test(text)) return positive(Number(text), text);
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) throw new Error(`“${text}” is no duration: write it as 10s, 2m or 1m30s`);
  return positive([...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)].reduce((sum, [, number, unit]) => sum + Number(number) * units[unit as keyof typeof units], 0), text);
}

function positive(value: number, text: string): number {
  if (value > 0 && value <= 86_400) return value;
  throw new Error(`“${text}” is no useful duration: more than 0 and at most 24h`);
}

/** oclif writes its own words around the message of what a flag's parser throws: one sentence, then, with the way out in it. */
function told<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw error instanceof KdiagError ? new Error(`${error.message}${error.hint === undefined ? '' : `. ${error.hint}`}`) : error;
  }
}
