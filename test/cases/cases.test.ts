import assert from 'node:assert/strict';
import {test} from 'node:test';
import {cases, diagnoseCase, short} from './case.ts';
import {worldOf} from './world.ts';

for (const each of cases) {
  test(`${each.file}: ${each.title}`, async () => {
    const report = await diagnoseCase(each, worldOf(each.change ?? [], each.world));
    const {status, rootCauses = [], findings = rootCauses, infos, reach, says = [], checks = {}} = each.expect;
    const told = {status: report.status, rootCauses: report.verdict.rootCauses.map(short), findings: report.findings.filter(({level}) => level !== 'info').map(short).sort()};
    assert.deepEqual(told, {status, rootCauses, findings: [...findings].sort()}, report.verdict.summary);
    if (infos !== undefined) assert.deepEqual(report.findings.filter(({level}) => level === 'info').map(short).sort(), [...infos].sort());
    for (const [node, share] of Object.entries(reach ?? {})) {
      const shares = report.reach.filter(({from, to}) => from.name === node && !to.endsWith(')')).map(({predicted}) => (predicted === null ? null : Math.round(predicted * 1000) / 1000));
      assert.ok(shares.length > 0 && shares.every(predicted => predicted === share), `reach from ${node}: ${shares.join()}`);
    }
    const text = [report.verdict.summary, ...report.findings.flatMap(({message, evidence, remedy}) => [message, ...remedy, ...evidence.map(({text: raw}) => raw)])].join('\n');
    for (const words of says) assert.ok(text.includes(words), `“${words}” is not in:\n${text}`);
    for (const [id, outcome] of Object.entries(checks)) assert.equal(report.checks.find(check => check.id === id)?.outcome, outcome, id);
    const codes = report.findings.map(({code}) => code);
    for (const code of each.silent ?? []) assert.ok(!codes.includes(code), `${code} should stay silent`);
  });
}
