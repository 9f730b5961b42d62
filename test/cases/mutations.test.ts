import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {test} from 'node:test';
import {gunzipSync} from 'node:zlib';
import {Audit, type Verdict} from '../oracle/audit.ts';
import {type Drawn, nodes} from '../oracle/drawn.ts';
import {figures, missText} from '../oracle/figures.ts';
import {random} from './shuffled.ts';

/** Rules that kube-proxy's own code wrote for drawn Services (test/oracle/run --keep), and how many changes are tried in each. */
const worlds = JSON.parse(gunzipSync(readFileSync(new URL('../fixtures/kube-proxy/worlds.json.gz', import.meta.url))).toString()) as readonly Drawn[];
const each = Number(process.env['MUTATIONS'] ?? 6);
const all: Verdict[] = [];

for (const drawn of worlds) {
  test(`kube-proxy in ${drawn.mode} mode, seed ${drawn.seed}: its rules are right, and no change of them goes unseen`, async () => {
    const audit = new Audit(drawn);
    assert.deepEqual(await audit.complaints(), []);
    const chance = random(drawn.seed * 1000);
    const own: Verdict[] = [];
    while (own.length < each) {
      const node = nodes[Math.floor(chance() * nodes.length)]?.name ?? '';
      const mutation = audit.draw(node, chance);
      if (mutation !== null) own.push(await audit.judge(node, mutation));
    }
    all.push(...own);
    assert.deepEqual(own.filter(({outcome}) => outcome === 'missed').map(verdict => missText(drawn.seed, drawn.mode, verdict)), []);
  });
}

test('most kinds of change were found at least once', t => {
  t.diagnostic(figures(all));
  assert.ok(all.filter(({outcome}) => outcome === 'found').length > all.length / 5, figures(all));
});
