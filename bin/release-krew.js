// npm run release:krew -- FOLDER ADDRESS: writes kdiag.tar.gz and krew.yaml into FOLDER. ADDRESS is where the archive will be downloaded
// from, such as https://HOST/kdiag/v0.1.0/kdiag.tar.gz; HOST/kdiag becomes the home page unless a third argument names another.
import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {parseDocument} from 'yaml';
import {assemble} from './assemble.js';

const [, , folder = '', address = '', homepage = new URL('..', address || 'https://missing.invalid/').href.replace(/\/$/, '')] = process.argv;
if (folder === '' || !address.startsWith('https://')) {
  process.stderr.write('npm run release:krew -- FOLDER https://HOST/…/kdiag.tar.gz [HOMEPAGE]\n');
  process.exit(2);
}
const read = path => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const archive = join(resolve(folder), 'kdiag.tar.gz');
mkdirSync(folder, {recursive: true});
const content = mkdtempSync(join(tmpdir(), 'kdiag-krew-'));
try {
  assemble(content);
  // the same sources give the same bytes: no times, no owners, one order
  execFileSync('sh', ['-c', 'tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX -cf - . | gzip -n9 > "$0"', archive], {cwd: content, stdio: ['ignore', 'inherit', 'inherit']});
} finally {
  rmSync(content, {recursive: true});
}
const document = parseDocument(read('krew.yaml'));
document.commentBefore = null;
document.setIn(['spec', 'version'], `v${JSON.parse(read('package.json')).version}`);
document.setIn(['spec', 'homepage'], homepage);
document.setIn(['spec', 'platforms', 0, 'uri'], address);
document.setIn(['spec', 'platforms', 0, 'sha256'], createHash('sha256').update(readFileSync(archive)).digest('hex'));
writeFileSync(join(folder, 'krew.yaml'), String(document));
process.stdout.write(`${archive}\n${join(resolve(folder), 'krew.yaml')}\n`);
