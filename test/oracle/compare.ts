// Draws Services, has kube-proxy write their rules on three nodes, and asks kdiag: whatever it says against those rules is wrong.
import {diagnoseCase} from '../cases/case.ts';
import {worldOf} from '../cases/world.ts';
import {changesOf, draw} from './drawn.ts';
import {KubeProxy, type ProxyMode} from './kube-proxy.ts';

const [first = 1, count = 200] = process.argv.slice(2).map(Number);
const modes: readonly ProxyMode[] = ['iptables', 'nftables'];
/** What is the Service's own doing, not the rules'. */
const fair = /^(external-policy|internal-policy|service-without|endpoints-terminating|endpoints-wrong-ip-family|load-balancer-pending)/;

const proxy = new KubeProxy();
let wrong = 0;
for (let seed = first; seed < first + count; seed++) {
  for (const mode of modes) {
    const drawn = await draw(proxy, seed, mode);
    const report = await diagnoseCase({ask: 'drawn'}, worldOf(changesOf(drawn)));
    const complaints = [...report.findings.filter(({code}) => !fair.test(code)).map(({message}) => message), ...report.checks.filter(({outcome}) => outcome === 'crashed' || outcome === 'unknown').map(({id, why}) => `${id}: ${why}`)];
    if (complaints.length === 0) continue;
    wrong++;
    process.stdout.write(`seed ${seed}, ${mode}: ${complaints.join('; ')}\n${process.argv.length > 4 ? `${JSON.stringify(drawn.services.concat(drawn.slices as never), null, 1)}\n` : ''}`);
  }
}
proxy.end();
process.stdout.write(`${count * modes.length - wrong} of ${count * modes.length} times, ${count} Services in ${modes.length} modes: kdiag finds nothing wrong with what kube-proxy writes\n`);
process.exitCode = wrong === 0 ? 0 : 1;
