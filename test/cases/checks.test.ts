import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Check} from '../../src/checks/check.ts';
import {apiserverChecks, dnsChecks, nodesChecks, podChecks, serviceChecks} from '../../src/checks/index.ts';
import {cases, diagnoseCase} from './case.ts';
import {worldOf} from './world.ts';

/** Check → the facts that it read, and the codes that it found, over all cases. */
const read = new Map<string, Set<string>>();
const found = new Map<string, Set<string>>();

/** The check, watched: what is asked of its facts, and what comes out. */
function watched(check: Check): Check {
  const [reads, finds] = [new Set<string>(), new Set<string>()];
  read.set(check.id, reads);
  found.set(check.id, finds);
  return {...check, run: facts => {
    const result = check.run(new Proxy(facts, {
      get: (target, name: string) => {
        reads.add(name);
        return target[name];
      },
    }));
    for (const {code} of result.findings) finds.add(code);
    return result;
  }};
}

const checks = [...new Set([...serviceChecks, ...dnsChecks, ...apiserverChecks, ...nodesChecks, ...podChecks])];
const watchedChecks = new Map(checks.map(check => [check, watched(check)]));
for (const each of cases) {
  const {checks: told} = await diagnoseCase(each, worldOf(each.change ?? [], each.world), all => all.map(check => watchedChecks.get(check)!));
  test(`${each.file}: no check crashes`, () => assert.deepEqual(told.filter(({outcome}) => outcome === 'crashed'), []));
}

for (const {id, needs, hopes, can} of checks) {
  test(`${id} reads the facts that it declares, and no others`, () => assert.deepEqual([...read.get(id) ?? []].sort(), [...needs, ...hopes].sort()));
  test(`${id} finds the codes that it declares, each in some case, and no others`, () => assert.deepEqual([...found.get(id) ?? []].sort(), [...can].sort()));
}
