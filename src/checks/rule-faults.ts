import {isKnown} from '../cluster/answer.ts';
import type {Facts} from '../facts/facts.ts';
import type {Code, RuleArgs} from '../findings/codes.ts';
import {type Evidence, evidence, type FindingOf} from '../findings/finding.ts';
import type {Comparison, Fault, Proof} from '../model/comparison.ts';
import {hostPort} from '../model/ip.ts';
import type {Line} from '../model/netfilter/program.ts';
import {noPort, noService} from './service-subject.ts';

/** One node's faults of some kinds, with the ways in that have them. */
export interface NodeFaults<K extends Fault['kind']> {
  readonly node: string;
  readonly faults: readonly Extract<Fault, {kind: K}>[];
  readonly evidence: readonly Evidence[];
  /** How sure it is, for the finding: proven once its remedy, applied to the model, lets the connections through. */
  readonly sure: Pick<FindingOf<Code>, 'confidence' | 'counterfactual'>;
  /** What every finding about a node's rules says. */
  readonly args: RuleArgs;
}

/** How many rules of a chain are shown as evidence; the rest is counted. */
const most = 12;

/** Also of connections from other nodes that a node refuses on their way to its endpoints. */
export function faultsByNode<K extends Fault['kind']>(comparisons: Facts['comparisons'], kinds: readonly K[]): NodeFaults<K>[] {
  const isOf = (fault: Fault): fault is Extract<Fault, {kind: K}> => (kinds as readonly string[]).includes(fault.kind);
  // on nearly all of a thousand nodes nothing is wrong
  const faulty = [...comparisons].flatMap(([node, answer]) => (isKnown(answer) ? answer.known : []).filter(({faults, refused}) => faults.length > 0 || refused.length > 0).map(comparison => ({node, comparison})));
  const hits = faulty.flatMap(({node, comparison}) => [
    ...comparison.faults.filter(isOf).map(fault => ({node, comparison, fault, proof: comparison.proofs.get(fault)})),
    ...comparison.refused.flatMap(refused => (isOf(refused.fault) ? [{node: refused.node, comparison, fault: refused.fault, proof: refused.proof}] : [])),
  ]);
  return [...new Set(hits.map(({node}) => node))].sort().map(node => {
    const own = hits.filter(hit => hit.node === node);
    return {
      node,
      faults: own.map(({fault}) => fault),
      sure: certainty(own.flatMap(({proof}) => proof ?? [])),
      args: argsOf(node, own.map(({comparison}) => comparison)),
      evidence: [...evidenceOf(node, own.flatMap(({fault}) => fault.evidence)), ...wanted(own.map(({comparison}) => comparison))],
    };
  });
}

function certainty(proofs: readonly Proof[]): NodeFaults<Fault['kind']>['sure'] {
  if (proofs.length === 0) return {confidence: 'likely'};
  const worst = proofs.reduce((a, b) => (b.after < a.after || (b.after === a.after && b.before < a.before) ? b : a));
  return {confidence: worst.after === 1 ? 'proven' : 'likely', counterfactual: {before: worst.before, after: worst.after, withOthers: proofs.some(({withOthers}) => withOthers)}};
}

/** What every finding about a node's rules says, for these ways in. */
export function argsOf(node: string, affected: readonly Comparison[]): RuleArgs {
  const services = [...new Set(affected.map(comparison => serviceOf(comparison)))].sort();
  return {node, service: services[0] ?? '', services, addresses: [...new Set(affected.map(comparison => addressText(comparison)))].sort()};
}

/** `default/hostnames` of `default/hostnames:http`. */
function serviceOf({way}: Comparison): string {
  return way.portName.split(':')[0] ?? way.portName;
}

function addressText({way}: Comparison): string {
  return `${hostPort(way.address, way.port)}/${way.protocol}`;
}

export function evidenceOf(node: string, rules: readonly Line[]): Evidence[] {
  const lines = [...new Map(rules.map(rule => [`${rule.table} ${rule.raw}`, rule])).values()];
  const from = (table: string): string => (table === 'ipvs' ? `ip_vs on ${node}` : table === 'ipset' ? `ipset save on ${node}` : table.includes(' ') ? `nft list table ${table} on ${node}` : `iptables-save -t ${table} on ${node}`);
  const [first] = lines;
  return [
    ...lines.slice(0, most).map(rule => evidence('rule', from(rule.table), rule.raw)),
    ...(lines.length > most && first !== undefined ? [evidence('rule', from(first.table), `… and ${lines.length - most} more rules`)] : []),
  ];
}

/** What should have been there, from the API. */
function wanted(comparisons: readonly Comparison[]): Evidence[] {
  const bySlice = new Map<string, Set<string>>();
  for (const {way} of comparisons) for (const {slice, to} of way.expected.endpoints) bySlice.set(slice, (bySlice.get(slice) ?? new Set()).add(to));
  const told = [...bySlice].sort(([a], [b]) => (a < b ? -1 : 1)).map(([slice, endpoints]) => evidence('object', `EndpointSlice ${slice}`, `endpoints for this node: ${[...endpoints].sort().slice(0, most).join(' ')}${endpoints.size > most ? ` and ${endpoints.size - most} more` : ''}`));
  return told.length > most ? [...told.slice(0, most), evidence('object', 'EndpointSlices', `… and ${told.length - most} more`)] : told;
}

/** Why the rule checks have nothing to say, if so; null: at least one node's rules were read. */
export function nothingToCompare(services: Facts['services'], comparisons: Facts['comparisons']): string | null {
  if (services.length === 0) return noService;
  if (comparisons.size === 0) return services.length === 1 ? 'no node is expected to have rules for this Service' : 'no node is expected to have rules for these Services';
  const read = [...comparisons.values()].filter(isKnown);
  if (read.length === 0) return "no node's rules could be read";
  return read.every(({known}) => known.length === 0) ? noPort : null;
}

/**
 * For the ✔ line: on how many nodes the rules are right, all ways in. Nodes with another fault are not claimed, and where there
 * are no others the question has no answer: the other fault may hide this one.
 */
export function rightNodes(comparisons: Facts['comparisons']): {readonly note: string} | {readonly skipped: string} {
  const right = [...comparisons.values()].filter(answer => isKnown(answer) && answer.known.every(({faults, undecided}) => faults.length === 0 && undecided === null)).length;
  return right === 0 ? {skipped: 'hidden by another fault on each node'} : {note: `on ${right} of ${comparisons.size} nodes`};
}
