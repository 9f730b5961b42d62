import {isKnown, knownOf} from '../cluster/answer.ts';
import type {Facts} from '../facts/facts.ts';
import {condition, stateOf} from '../model/pods.ts';
import type {ReportedFinding} from './report.ts';

/** One node on one line, as `kdiag nodes` shows it. */
export interface NodeLine {
  readonly name: string;
  readonly ready: boolean;
  /** `runs`, `replaced` by something else, `missing`, or why its pod does not run. */
  readonly kubeProxy: string;
  /** The mode that it works in, by what it wrote; null: not known. */
  readonly mode: string | null;
  /** Against what the API asks for: `unread` when the node could not be examined. */
  readonly rules: 'in sync' | 'differ' | 'unread' | 'none expected';
  /** Addresses of Services that were compared, and how many of them lose connections. */
  readonly ways: number;
  readonly losing: number;
  /** Errors and warnings about this node, the gravest first. */
  readonly findings: readonly string[];
}

/** Those with something wrong first. */
export function nodeLines({nodes, proxies, comparisons}: Pick<Facts, 'nodes' | 'proxies' | 'comparisons'>, findings: readonly ReportedFinding[]): NodeLine[] {
  const about = Map.groupBy(findings.filter(({subject, level}) => subject.kind === 'Node' && level !== 'info'), ({subject}) => subject.name);
  const lines = nodes.map((node): NodeLine => {
    const {name} = node.metadata;
    const answer = comparisons.get(name);
    const compared = knownOf(comparisons, name) ?? [];
    const faulty = compared.filter(({faults, undecided, predicted}) => faults.length > 0 || undecided !== null || (predicted !== null && predicted < 1));
    return {
      name, ready: condition(node, 'Ready')?.status === 'True', kubeProxy: proxyOf(name, proxies), mode: compared[0]?.mode ?? null,
      rules: answer === undefined ? 'none expected' : !isKnown(answer) ? 'unread' : compared.some(({faults, undecided}) => faults.length > 0 || undecided !== null) ? 'differ' : 'in sync',
      ways: compared.length, losing: faulty.filter(({predicted}) => predicted !== 1).length,
      findings: (about.get(name) ?? []).map(({id}) => id),
    };
  });
  return worstFirst(lines);
}

export function worstFirst(lines: readonly NodeLine[]): NodeLine[] {
  const weight = ({findings: own, ready, rules}: NodeLine): number => (own.length > 0 ? 0 : rules === 'differ' ? 1 : rules === 'unread' || !ready ? 2 : 3);
  return lines.toSorted((a, b) => weight(a) - weight(b) || (a.name < b.name ? -1 : 1));
}

function proxyOf(node: string, {pods, replacement}: Facts['proxies']): string {
  const here = pods.get(node) ?? [];
  if (here.length === 0) return replacement === null ? 'missing' : `replaced by ${replacement.by}`;
  const states = here.map(({pod}) => stateOf(pod));
  if (states.some(({state}) => state === 'ready')) return 'runs';
  const [worst] = states;
  return worst !== undefined && 'reason' in worst ? worst.reason : worst?.state ?? 'missing';
}
