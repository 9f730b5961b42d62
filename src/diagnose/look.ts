import type {Check} from '../checks/check.ts';
import {isKnown, type Unknown} from '../cluster/answer.ts';
import type {Cluster} from '../cluster/cluster.ts';
import type {FactName, Learned, Target} from '../facts/facts.ts';
import {Knowledge} from '../facts/knowledge.ts';
import {type Finding, evidence, subject} from '../findings/finding.ts';
import {type Ran, runCheck} from './run-checks.ts';

export interface Asking {
  readonly target: Target;
  readonly checks: readonly Check[];
  /** Facts that the report tells, whether or not a check needs them. */
  readonly also: readonly FactName[];
}

export interface Look {
  readonly ran: readonly Ran[];
  readonly learned: Learned;
}

/** Learns the facts that the checks need, all at once, and runs the checks on them. `given`: what is known already, from a wider question. */
export async function lookAt(cluster: Cluster, {target, checks, also}: Asking, given: Learned = {}): Promise<Look> {
  const knowledge = new Knowledge(cluster, target, given);
  const names = [...new Set<FactName>([...checks.flatMap(({needs, hopes}) => [...needs, ...hopes]), ...also])];
  const learned = Object.fromEntries(await Promise.all(names.map(async name => [name, await knowledge.learn(name)] as const))) as Learned;
  return {learned, ran: checks.map(check => runCheck(check, learned))};
}

/** What the checks found, and which rights were lacking. */
export function foundBy(ran: readonly Ran[]): Finding[] {
  return [...ran.flatMap(({findings}) => findings), ...lackedRights(ran)];
}

export function slicesIn({services}: Learned): string {
  return services !== undefined && isKnown(services) ? services.known.flatMap(asked => asked.slices).map(({metadata}) => `${metadata.name} ${metadata.resourceVersion}`).join() : '';
}

/** One finding for all rights that kdiag lacked, whichever check they were for. */
function lackedRights(ran: readonly Ran[]): Finding[] {
  const forbidden = ran.flatMap(({unknowns}) => unknowns).filter(({why}: Unknown) => why === 'forbidden' || why === 'unauthorized');
  const lacked = [...new Set(forbidden.map(({detail}) => detail))].sort();
  if (lacked.length === 0) return [];
  return [{code: 'permission-missing', subject: subject('Cluster', null, 'permissions'), args: {lacked}, evidence: lacked.map(detail => evidence('object', 'API server', detail))}];
}
