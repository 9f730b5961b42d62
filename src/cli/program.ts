import {basename} from 'node:path';

/** What was typed to get here: `kubectl kdiag` as kubectl's plug-in, else `kdiag`. */
export function programName(argv: readonly string[] = process.argv): 'kdiag' | 'kubectl kdiag' {
  return basename(argv[1] ?? '').startsWith('kubectl-kdiag') ? 'kubectl kdiag' : 'kdiag';
}
