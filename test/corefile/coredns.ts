import {spawn} from 'node:child_process';
import {existsSync} from 'node:fs';
import {homedir} from 'node:os';
import {join} from 'node:path';

/** The real CoreDNS that `test/cluster/cluster build` makes; null: it is not built. */
export function realCoreDns(): string | null {
  const home = process.env['KDIAG_CLUSTER_HOME'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'kdiag-cluster');
  const path = join(home, 'bin', 'coredns');
  return existsSync(path) ? path : null;
}

/** Runs CoreDNS until it ends, `until` says so of its output, or the time is over; then it is killed. */
export function runCoreDns(command: string, args: readonly string[], options: {readonly cwd: string; readonly ms: number; readonly until?: (output: string) => boolean; readonly env?: Record<string, string>}): Promise<{readonly output: string; readonly exit: number | null}> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {cwd: options.cwd, env: {PATH: process.env['PATH'] ?? '', ...options.env}, stdio: ['ignore', 'pipe', 'pipe']});
    let output = '';
    const timer = setTimeout(() => child.kill('SIGKILL'), options.ms);
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => {
      output += String(chunk);
      if (options.until?.(output) === true) child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('close', exit => {
      clearTimeout(timer);
      resolve({output, exit});
    });
  });
}
