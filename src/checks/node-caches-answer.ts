import {isKnown, knownOf} from '../cluster/answer.ts';
import type {FindingOf} from '../findings/finding.ts';
import {nodeSubject} from '../findings/finding.ts';
import {wasTried} from '../model/dns/heard.ts';
import {placeText} from '../model/dns/place.ts';
import {isNodeCache} from '../model/dns/servers.ts';
import {isLinkLocal} from '../model/ip.ts';
import {check} from './check.ts';
import {both, exchanges, failureText, isSilent, shareOf} from './dns-cells.ts';
import {podName} from './dns-subject.ts';

export default check({
  id: 'node-caches-answer',
  link: 'DNS answers',
  question: "Each node's own DNS cache answers",
  needs: ['dnsAnswers'],
  hopes: ['systemPods', 'nodeRules'],
  can: ['nodelocaldns-not-answering'],
  run: ({dnsAnswers, systemPods, nodeRules}) => {
    const isOwn = (node: string, address: string): boolean => isLinkLocal(address) || knownOf(nodeRules, node)?.localAddresses?.has(address) === true;
    const cells = dnsAnswers.filter(({purpose, server, from}) => purpose === 'cluster' && server.kind === 'nameserver' && from.role === 'client' && isOwn(from.place.node, server.address) && !server.address.startsWith('127.'));
    if (cells.length === 0) return {skipped: 'no client asks a cache on its node'};
    const caches = [...Map.groupBy(cells.filter(cell => wasTried([cell])), ({from, server}) => `${from.place.node} ${server.address}`)].map(([key, own]) => ({node: key.split(' ')[0] ?? '', address: key.split(' ')[1] ?? '', own, ...both(own)}));
    const findings = caches.flatMap(({node, address, own, udp, tcp}): FindingOf<'nodelocaldns-not-answering'>[] => {
      if (!isSilent(udp) && shareOf([udp, tcp]) > 0.5) return [];
      const pod = isKnown(systemPods) ? systemPods.known.find(each => isNodeCache(each) && each.spec.nodeName === node) : undefined;
      const clients = [...new Set(own.filter(({from}) => from.pod !== null).map(({from}) => placeText(from)))];
      return [{code: 'nodelocaldns-not-answering', subject: nodeSubject(node), args: {node, address, failure: failureText([udp, tcp]), pod: pod === undefined ? null : podName(pod), clients}, evidence: exchanges(own)}];
    });
    return {findings, note: caches.map(({node, address}) => `${address} on ${node}`).join(', ')};
  },
});
