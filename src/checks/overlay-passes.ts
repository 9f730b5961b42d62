import {type Answer, isKnown, knownOf} from '../cluster/answer.ts';
import {evidence, nodeSubject} from '../findings/finding.ts';
import {list} from '../findings/words/phrases.ts';
import {groundOf} from '../model/network/ground.ts';
import {blockedOverlay} from '../model/network/overlay.ts';
import {check, type Found} from './check.ts';
import {attempts, notAsked, unreadNetworks} from './network-subject.ts';

export default check({
  id: 'overlay-passes',
  link: 'Pod network',
  question: "No rule of a node stops what carries the pods' packets",
  needs: ['nodes', 'networkAnswers', 'networkLosses', 'networks', 'nodeRules'],
  can: ['overlay-blocked'],
  run: ({nodes, networkAnswers, networkLosses, networks, nodeRules}) => {
    const nothing = notAsked(networkAnswers);
    if (nothing !== null) return {skipped: nothing};
    const losses = networkLosses.filter(({from, to}) => from !== to);
    if (losses.length === 0) return {note: 'nothing is lost between nodes'};
    const unread = unreadNetworks(networks);
    if (unread !== null) return {skipped: unread};
    const ground = groundOf(nodes, {known: networks});
    // there, and back to a pod that asked
    const ways = losses.flatMap(loss => [{loss, a: loss.from, b: loss.to, pod: loss.cells[0]?.target.address ?? ''}, {loss, a: loss.to, b: loss.from, pod: loss.cells[0]?.from.pod?.status?.podIP ?? ''}]).filter(({pod}) => pod !== '');
    const looked = ways.flatMap(({loss, a, b, pod}) => {
      const [network, own, other] = [ground.networkOf(a), knownOf(nodeRules, a), knownOf(nodeRules, b)];
      return network === null || own === null || other === null ? [] : [{loss, found: blockedOverlay(network, own, other, ground.addressesOf(a)[0] ?? '', ground.addressesOf(b)[0] ?? '', pod)}];
    });
    const dark = [...new Set(ways.flatMap(({a, b}) => [a, b]))].sort().filter(node => ground.networkOf(node) === null || knownOf(nodeRules, node) === null);
    const [why] = dark.flatMap(node => [...whyNot(networks.get(node)), ...whyNot(nodeRules.get(node))]);
    const lacking = `the rules or routes of ${list(dark)} were not read${why === undefined ? '' : `: ${why}`}`;
    if (looked.length === 0) return {skipped: lacking};
    const blocked = looked.flatMap(({loss, found}) => (found === null ? [] : [{...found, loss}]));
    const findings = [...Map.groupBy(blocked, ({node, rule}) => `${node} ${rule.raw}`).values()].map((own): Found<'overlay-blocked'> => {
      const [{node, device, kind, port, with: how, rule}] = own as [typeof own[number]];
      const pairs = [...new Set(own.map(({loss}) => `${loss.from} → ${loss.to}`))].sort();
      return {
        code: 'overlay-blocked', subject: nodeSubject(node), nodes: [...new Set(own.flatMap(({loss}) => [loss.from, loss.to]))].sort(), confidence: 'likely', args: {node, device, kind, port, with: how, rule: rule.raw, table: rule.table, chain: rule.chain, pairs},
        evidence: [evidence('rule', `${rule.table} of ${node}`, rule.raw), evidence('file', `interfaces of ${own[0]?.loss.from}`, `${device}: ${kind}`), ...attempts(own.flatMap(({loss}) => loss.cells), 4)],
      };
    });
    return {findings, ...(dark.length === 0 ? {} : {note: lacking})};
  },
});

function whyNot(answer: Answer<unknown> | undefined): string[] {
  return answer === undefined || isKnown(answer) ? [] : [answer.unknown.detail];
}
