// Draws Services, has kube-proxy write their rules on three nodes, and asks kdiag: whatever it says against those rules is wrong.
import {diagnoseCase} from '../cases/case.ts';
import {type Change, worldOf} from '../cases/world.ts';
import {random} from '../cases/shuffled.ts';
import {KubeProxy} from './kube-proxy.ts';
import {randomService} from './random-service.ts';

const [first = 1, count = 200] = process.argv.slice(2).map(Number);
const nodes = [{name: 'cp', ip: '172.30.0.10', zone: 'a'}, {name: 'node1', ip: '172.30.0.11', zone: 'a'}, {name: 'node2', ip: '172.30.0.12', zone: 'b'}];
/** What is the Service's own doing, not the rules'. */
const fair = /^(external-policy|internal-policy|service-without|endpoints-terminating|endpoints-wrong-ip-family|load-balancer-pending)/;

/** So that a node has rules at all. */
const kubernetes = {
  service: {apiVersion: 'v1', kind: 'Service', metadata: {name: 'kubernetes', namespace: 'default'}, spec: {type: 'ClusterIP', clusterIP: '10.96.0.1', clusterIPs: ['10.96.0.1', 'fd00:10:96::1'], ports: [{name: 'https', port: 443, protocol: 'TCP'}]}},
  slices: [{family: 4, address: '172.30.0.10'}, {family: 6, address: 'fd00::10'}].map(({family, address}) => ({apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: {name: `kubernetes-${family}`, namespace: 'default', labels: {'kubernetes.io/service-name': 'kubernetes'}}, addressType: `IPv${family}`, ports: [{name: 'https', port: 6443, protocol: 'TCP'}], endpoints: [{addresses: [address]}]})),
};

const proxy = new KubeProxy();
let wrong = 0;
for (let seed = first; seed < first + count; seed++) {
  const {service, slices} = randomService(random(seed));
  const changes: unknown[] = [service, ...slices].map(add => ({add}));
  for (const {name, ip, zone} of nodes) {
    const labels = {'topology.kubernetes.io/zone': zone};
    const rules = await proxy.rules({node: {name, ip, labels, clusterCIDRs: ['10.244.0.0/16', 'fd00:10:244::/48']}, services: [service, kubernetes.service], slices: [...slices, ...kubernetes.slices]});
    changes.push({set: {kind: 'Node', name}, to: {metadata: {labels}}}, ...Object.entries(rules).map(([section, stdout]) => ({node: name, section, stdout})));
  }
  const report = await diagnoseCase({ask: 'drawn'}, worldOf(changes as readonly Change[]));
  const complaints = [...report.findings.filter(({code}) => !fair.test(code)).map(({message}) => message), ...report.checks.filter(({outcome}) => outcome === 'crashed' || outcome === 'unknown').map(({id, why}) => `${id}: ${why}`)];
  if (complaints.length === 0) continue;
  wrong++;
  process.stdout.write(`seed ${seed}: ${complaints.join('; ')}\n${process.argv.length > 4 ? `${JSON.stringify({service, slices}, null, 1)}\n` : ''}`);
}
proxy.end();
process.stdout.write(`${count - wrong} of ${count} Services: kdiag finds nothing wrong with what kube-proxy writes\n`);
process.exitCode = wrong === 0 ? 0 : 1;
