import assert from 'node:assert/strict';
import {readFileSync, readdirSync, writeFileSync} from 'node:fs';
import {mkdtemp, realpath, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {test} from 'node:test';
import {furnish, replayed} from './transcript.ts';

// `npm run test:update` writes what the commands say now; read the difference before it is committed.
const update = process.env['UPDATE'] === '1';

for (const name of readdirSync(new URL('.', import.meta.url)).filter(each => each.endsWith('.md')).sort()) {
  test(`transcript ${name}`, async t => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'kdiag-cli-')));
    t.after(() => rm(folder, {recursive: true, force: true}));
    await furnish(folder);
    const file = new URL(name, import.meta.url);
    const before = readFileSync(file, 'utf8');
    assert.match(before, /^\$ .*kdiag/m, 'no command in it');
    const now = await replayed(before, folder);
    if (update) writeFileSync(file, now);
    else assert.equal(now, before, 'if it should be so now: npm run test:update');
  });
}
