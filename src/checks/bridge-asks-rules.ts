import {isKnown} from '../cluster/answer.ts';
import {evidence, nodeSubject} from '../findings/finding.ts';
import {list} from '../findings/words/phrases.ts';
import {isWonder, measuredOf} from '../model/network/expected.ts';
import {usable, endpointsOf} from '../model/endpoints.ts';
import {check, type Found} from './check.ts';
import {attempts, bridgeOf, knownNetworks, unreadNetworks} from './network-subject.ts';

const sysctl = 'net.bridge.bridge-nf-call-iptables';

export default check({
  id: 'bridge-asks-rules',
  link: 'Pod network',
  question: 'What pods of one node send each other passes the rules',
  needs: ['services', 'networks'],
  hopes: ['networkAnswers', 'comparisons'],
  can: ['bridge-netfilter-off'],
  run: ({services, networks, networkAnswers, comparisons}) => {
    const unread = unreadNetworks(networks);
    if (unread !== null) return {skipped: unread};
    const endpoints = services.flatMap(({ports, slices}) => ports.flatMap(port => usable(endpointsOf(slices, port, 4))));
    const cells = isKnown(networkAnswers) ? networkAnswers.known : [];
    const measured = isKnown(comparisons) ? measuredOf(cells, comparisons.known) : [];
    let bridges = 0;
    const untold: string[] = [];
    const findings = knownNetworks(networks).flatMap(({node, network}): Found<'bridge-netfilter-off'>[] => {
      const bridge = bridgeOf(network, endpoints.filter(each => each.node === node).map(({address}) => address));
      if (bridge === null) return [];
      bridges += 1;
      const value = network.sysctls['net/bridge/bridge-nf-call-iptables'];
      // a pod that draws itself is masqueraded, and so answered past the bridge: only another one on it shows anything
      const own = measured.filter(each => each.node === node && each.client === 'pod' && endpoints.some(endpoint => endpoint.node === node && endpoint.address !== each.cells[0]?.from.pod?.status?.podIP));
      const lost = own.filter(each => isWonder(each) && each.ok / each.tries < (each.predicted ?? 0));
      if (value === undefined && !own.some(({predicted, tries}) => predicted !== null && tries > 0)) untold.push(node);
      // that the file is not there may have other reasons than that nobody loaded the module: only what is lost shows it
      if (value === '1' || (value === undefined && lost.length === 0) || (own.length > 0 && lost.length === 0)) return [];
      return [{
        code: 'bridge-netfilter-off', subject: nodeSubject(node), confidence: lost.length > 0 ? 'proven' : 'likely', args: {node, sysctl, bridge: bridge.name, absent: value === undefined, seen: lost.length > 0 ? 'lost' : 'not-asked'},
        evidence: [evidence('file', `/proc/sys/net/bridge of ${node}`, value === undefined ? 'there is no such folder' : `${sysctl} = ${value}`), evidence('file', `interfaces of ${node}`, `${bridge.name}: bridge with ${network.links.filter(({master}) => master === bridge.index).length} ports`), ...attempts(lost.flatMap(each => each.cells))],
      }];
    });
    if (bridges === 0) return {skipped: 'no endpoint is on a bridge of its node'};
    const lacking = `${sysctl} is not there on ${list(untold)}, and no pod there tried the Service's address`;
    return untold.length === bridges ? {skipped: lacking} : {findings, note: `on ${bridges} nodes with a bridge${untold.length === 0 ? '' : `; ${lacking}`}`};
  },
});
