import assert from 'node:assert/strict';
import {test} from 'node:test';
import {describeReport, diagnose} from '../kdiag.ts';

for (const command of ['dns', 'apiserver-vip', 'nodes']) {
  test(`ipvs: ${command} has nothing to say of a healthy cluster`, {timeout: 200_000}, async () => {
    const found = await diagnose([command]);
    assert.equal(found.report.status, 'healthy', describeReport(found));
    assert.deepEqual(found.report.findings.filter(({level}) => level !== 'info').map(({code}) => code), [], describeReport(found));
  });
}
