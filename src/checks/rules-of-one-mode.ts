import {isKnown} from '../cluster/answer.ts';
import type {FindingOf} from '../findings/finding.ts';
import {nodeSubject} from '../findings/finding.ts';
import {check} from './check.ts';
import {argsOf, evidenceOf, nothingToCompare} from './rule-faults.ts';

/** Harmless where no connection meets it, until a Service changes: then what was left still says what was true once. */
export default check({
  id: 'rules-of-one-mode',
  link: 'Node rules',
  question: "No other mode's rules are left over",
  needs: ['services', 'comparisons'],
  can: ['rules-left-over-from-mode'],
  run: ({services, comparisons}) => {
    const nothing = nothingToCompare(services, comparisons);
    if (nothing !== null) return {skipped: nothing};
    const findings = [...comparisons].flatMap(([node, answer]): FindingOf<'rules-left-over-from-mode'>[] => {
      const all = isKnown(answer) ? answer.known : [];
      const left = all.flatMap(({leftOvers}) => leftOvers);
      const [first] = all;
      if (left.length === 0 || first === undefined) return [];
      const hit = all.filter(({leftOvers}) => leftOvers.some(({takes}) => takes));
      const takes = hit.some(({predicted, faults}) => predicted !== 1 || faults.length > 0);
      return [{
        code: 'rules-left-over-from-mode', subject: nodeSubject(node), level: takes ? 'error' : 'warning',
        args: {...argsOf(node, takes ? hit : all), mode: first.mode, left: [...new Set(left.map(({mode}) => mode))].sort(), takes: hit.length > 0},
        evidence: evidenceOf(node, left.flatMap(({evidence}) => evidence)),
      }];
    });
    return {findings, note: [...new Set([...comparisons.values()].flatMap(answer => (isKnown(answer) ? answer.known.map(({mode}) => mode) : [])))].sort().join(', ')};
  },
});
