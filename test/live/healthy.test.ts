import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {clientPods} from './clients.ts';
import {healthyCases, makeHealthyCases} from './healthy.ts';
import {describeReport, diagnose} from './kdiag.ts';
import {kubectl, kubectlJson, liveAll} from './rig.ts';
import {namespace} from './services.ts';
import {clientsSucceed} from './watch-clients.ts';

const rehearse = process.env['LIVE_REHEARSE'] === '1';

before(async () => {
  await clientPods();
  await makeHealthyCases();
}, {timeout: 300_000});
after(() => kubectl(`delete namespace ${namespace} --ignore-not-found --timeout=120s`));

/** Of mode nftables: those for which it has maps, sets or chains of its own. */
const withRulesOfTheirOwn = ['the demo', 'NodePort, from outside', 'sessionAffinity ClientIP', 'internalTrafficPolicy Local, a pod on each node', 'externalTrafficPolicy Local, a pod on each node', 'pods in the host network', 'nine pods: shares that cannot be written exactly', 'externalIPs', 'LoadBalancer with an address', 'LoadBalancer without a controller', "somebody else's slice adds a living pod"];
const isNftables = process.env['LIVE_IPTABLES'] === 'nftables' && !liveAll;

for (const {name, service, address, vantages, mayWarn} of healthyCases.filter(each => !isNftables || withRulesOfTheirOwn.includes(each.name))) {
  test(`healthy: ${name}`, {timeout: 120_000}, async t => {
    if (address !== null) t.diagnostic(`clients: ${(await clientsSucceed(address ?? (await vip(service)), vantages)).text}`);
    if (rehearse) return;
    const found = await diagnose(['svc', service.name, '-n', service.namespace]);
    const said = `\n${describeReport(found)}`;
    assert.equal(found.exit, 0, `exit status${said}`);
    const levels = mayWarn ? ['error'] : ['error', 'warning'];
    assert.deepEqual(found.report.findings.filter(finding => levels.includes(finding.level)).map(finding => finding.code), [], `findings${said}`);
    if (!mayWarn) assert.equal(found.report.status, 'healthy', `status${said}`);
    assert.deepEqual(found.report.reach.filter(({predicted}) => predicted !== null && predicted < 0.999), [], `reach${said}`);
  });
}

for (const from of ['node/node1', 'node/cp', 'pod/client', 'pod/kube-system/kube-proxy']) {
  test(`healthy: the demo, from ${from}`, {timeout: 60_000, skip: rehearse}, async () => {
    const found = await diagnose(['svc', 'hostnames:80', '--from', from.replace('kube-system/kube-proxy', `kube-system/${await anyKubeProxy()}`)]);
    assert.equal(found.exit, 0, describeReport(found));
    assert.equal(found.report.status, 'healthy', describeReport(found));
  });
}

async function vip({namespace: ns, name}: {readonly namespace: string; readonly name: string}): Promise<string> {
  const {spec} = await kubectlJson<{spec: {clusterIP: string; ports: [{port: number}]}}>(`-n ${ns} get svc ${name}`);
  return `${spec.clusterIP}:${spec.ports[0].port}`;
}

async function anyKubeProxy(): Promise<string> {
  return (await kubectl('-n kube-system get pods -l k8s-app=kube-proxy -o jsonpath={.items[0].metadata.name}')).trim();
}
