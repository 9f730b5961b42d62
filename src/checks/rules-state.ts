import {type Answer, isKnown} from '../cluster/answer.ts';
import type {Facts} from '../facts/facts.ts';
import type {Confidence, Level} from '../findings/finding.ts';

/** What a node's rules are worth while its kube-proxy is away. */
export type RulesState = 'intact' | 'broken' | 'unread';

export function rulesState(node: string, comparisons: Answer<Facts['comparisons']>): RulesState {
  const answer = isKnown(comparisons) ? comparisons.known.get(node) : undefined;
  if (answer === undefined || !isKnown(answer) || answer.known.length === 0 || answer.known.some(({undecided}) => undecided !== null)) return 'unread';
  return answer.known.every(({faults}) => faults.length === 0) ? 'intact' : 'broken';
}

/** Rules that are still right serve on: then it is one change, or one reboot, away from an outage. */
export function severity(rules: RulesState): {readonly level: Level; readonly confidence: Confidence} {
  return {level: rules === 'intact' ? 'warning' : 'error', confidence: rules === 'unread' ? 'likely' : 'proven'};
}
