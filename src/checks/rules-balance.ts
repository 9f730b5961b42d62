import {nodeSubject} from '../findings/finding.ts';
import {check} from './check.ts';
import {faultsByNode, nothingToCompare, rightNodes} from './rule-faults.ts';

/**
 * An endpoint that never gets a connection is an error: what it serves (a shard, a session, half the capacity) is cut off. So is a
 * part of the connections that no endpoint gets.
 */
export default check({
  id: 'rules-balance',
  link: 'Node rules',
  question: 'The rules share connections evenly',
  needs: ['services', 'comparisons'],
  can: ['rules-wrong-balance', 'ipvs-destination-drained'],
  run: ({services, comparisons}) => {
    const nothing = nothingToCompare(services, comparisons);
    if (nothing !== null) return {skipped: nothing};
    const drained = faultsByNode(comparisons, ['drained']).map(({node, args, sure, evidence, faults}) => ({code: 'ipvs-destination-drained' as const, subject: nodeSubject(node), ...sure, args: {...args, endpoints: [...new Set(faults.flatMap(({endpoints}) => endpoints))].sort(), all: faults.every(({all}) => all)}, evidence}));
    return {
      findings: [...drained, ...faultsByNode(comparisons, ['wrong-balance']).map(({node, args, sure, evidence, faults}) => {
        const starved = [...new Set(faults.flatMap(each => each.starved))].sort();
        const lost = Math.max(...faults.map(each => each.lost));
        return {code: 'rules-wrong-balance' as const, subject: nodeSubject(node), ...sure, level: starved.length > 0 || lost > 0 ? 'error' as const : 'warning' as const, args: {...args, starved, lost, shares: faults[0]?.shares ?? {}}, evidence};
      })],
      ...rightNodes(comparisons),
    };
  },
});
