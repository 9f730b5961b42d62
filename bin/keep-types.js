// Part of `npm run build`: of the declarations that tsc wrote, keeps those that dist/index.d.ts leads to. The others are nobody's business.
import {existsSync, globSync, readFileSync, rmSync} from 'node:fs';
import {dirname, join} from 'node:path';

const dist = new URL('../dist/', import.meta.url).pathname;
const kept = new Set();
const left = ['index.d.ts'];
for (let file = left.pop(); file !== undefined; file = left.pop()) {
  if (kept.has(file)) continue;
  kept.add(file);
  const folder = dirname(file);
  for (const [, to = ''] of readFileSync(join(dist, file), 'utf8').matchAll(/(?:from|import\() ?['"](\.{1,2}\/[^'"]+)['"]/g)) {
    const next = join(folder, to.replace(/\.ts$/, '.d.ts'));
    if (!existsSync(join(dist, next))) throw new Error(`${file} speaks of ${to}, which has no declarations`);
    left.push(next);
  }
}
for (const file of globSync('**/*.d.ts', {cwd: dist})) if (!kept.has(file)) rmSync(join(dist, file));
