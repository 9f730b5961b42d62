// node bin/assemble.js FOLDER: kdiag as npm would publish it, with the packages that it needs at run time, pinned by the lock file. What the
// krew archive and the image hold. Needs npm and its registry, or a warm cache of it.
import {execFileSync} from 'node:child_process';
import {copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

const root = new URL('..', import.meta.url).pathname;
const quiet = /** @type {const} */ (['ignore', 'ignore', 'inherit']);

/** @param {string} folder becomes the package's own folder; is made. */
export function assemble(folder) {
  const packed = mkdtempSync(join(tmpdir(), 'kdiag-packed-'));
  try {
    execFileSync('npm', ['pack', '--loglevel=error', '--pack-destination', packed], {cwd: root, stdio: quiet});
    mkdirSync(folder, {recursive: true});
    const [archive = ''] = readdirSync(packed);
    execFileSync('tar', ['-xzf', join(packed, archive), '-C', folder, '--strip-components=1', '--no-same-owner'], {stdio: quiet});
  } finally {
    rmSync(packed, {recursive: true});
  }
  copyFileSync(join(root, 'package-lock.json'), join(folder, 'package-lock.json'));
  execFileSync('npm', ['ci', '--loglevel=error', '--omit=dev', '--ignore-scripts', '--prefer-offline', '--no-bin-links'], {cwd: folder, stdio: quiet});
}

if (process.argv[1] === import.meta.filename) {
  const [, , folder] = process.argv;
  if (folder === undefined) throw new Error('node bin/assemble.js FOLDER');
  assemble(folder);
}
