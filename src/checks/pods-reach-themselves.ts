import {evidence, nodeSubject} from '../findings/finding.ts';
import {endpointsOf, usable} from '../model/endpoints.ts';
import {check, type Found} from './check.ts';
import {bridgeOf, knownNetworks, unreadNetworks} from './network-subject.ts';

export default check({
  id: 'pods-reach-themselves',
  link: 'Pod network',
  question: 'A pod reaches itself through its Service',
  needs: ['services', 'networks'],
  can: ['hairpin-off'],
  run: ({services, networks}) => {
    const unread = unreadNetworks(networks);
    if (unread !== null) return {skipped: unread};
    const byPort = services.flatMap(({ports, slices}) => ports.map(port => usable(endpointsOf(slices, port, 4))));
    const endpoints = byPort.flat();
    let bridges = 0;
    const findings = knownNetworks(networks).flatMap(({node, network}): Found<'hairpin-off'>[] => {
      const own = [...new Set(endpoints.filter(each => each.node === node).map(({to}) => to))].sort();
      const bridge = bridgeOf(network, endpoints.filter(each => each.node === node).map(({address}) => address));
      if (bridge === null) return [];
      bridges += 1;
      const ports = network.links.filter(({master, hairpin}) => master === bridge.index && hairpin !== null);
      const off = ports.filter(({hairpin}) => hairpin === false);
      // a promiscuous bridge gives a pod its own frames back as well (kubelet's former promiscuous-bridge)
      if (off.length === 0 || bridge.promiscuous === true) return [];
      return [{code: 'hairpin-off', subject: nodeSubject(node), confidence: off.length === ports.length ? 'proven' : 'likely', args: {node, bridge: bridge.name, ports: off.length, of: ports.length, endpoints: own, share: Math.max(...byPort.filter(all => all.some(each => each.node === node)).map(all => 1 / all.length))}, evidence: [evidence('file', `interfaces of ${node}`, off.map(({name}) => `${name}: port of ${bridge.name}, hairpin_mode 0`).join('; '))]}];
    });
    return bridges === 0 ? {skipped: 'no endpoint is on a bridge of its node'} : {findings, note: `on ${bridges} nodes with a bridge`};
  },
});
