import type {Fault, Proof} from './comparison.ts';
import type {Dialect} from './dialect.ts';
import {type Fraction, plus, toNumber, zero} from './fraction.ts';
import {type Outcome, walk} from './netfilter/walk.ts';
import type {NodeRules} from './node-rules.ts';
import {mended} from './remedy.ts';
import {ownClients, staysUnanswered} from './replies.ts';
import type {Way} from './ways.ts';

/** The share of the connections that end at an endpoint that should have them, and can be answered. */
export function goodShare(rules: NodeRules, way: Way, outcomes: readonly Outcome[]): Fraction {
  const wanted = new Set(way.expected.endpoints.map(({to}) => to));
  return outcomes.filter(outcome => outcome.end.kind === 'dnat' && wanted.has(outcome.end.to) && !staysUnanswered(rules, way, outcome)).reduce((sum, {share}) => plus(sum, share), zero);
}

/** Each fault's remedy, applied to the model; where one alone is not enough, all of them together. */
export function proofsOf(rules: NodeRules, dialect: Dialect, way: Way, faults: readonly Fault[]): ReadonlyMap<Fault, Proof> {
  const before = worst(rules, way, []);
  const all = faults.length < 2 ? null : worst(rules, way, faults);
  return new Map(faults.map(fault => {
    const clients = fault.kind === 'not-masqueraded' && fault.whose === 'itself';
    const after = worst(rules, way, [fault], clients);
    const own = clients ? 1 - fault.share : before;
    return [fault, after === 1 || all === null ? {before: own, after, withOthers: false} : {before: own, after: all, withOthers: all > after}];
  }));

  function worst(from: NodeRules, at: Way, remedied: readonly Fault[], itself = false): number {
    const {rules: then, bases} = mended(from, dialect, at, remedied);
    const owners = remedied.some(({kind}) => kind === 'both-backends') ? [...new Set(bases.filter(({owner}) => owner.startsWith('iptables-')).map(({owner}) => owner))] : [null];
    const ways = itself ? ownClients(from, at).map(({as}) => as) : [at];
    // Which of two backends is to go cannot be said from here: mended is what one of them makes alone.
    return Math.max(...owners.map(owner => Math.min(...ways.map(each => {
      const left = owner === null ? bases : bases.filter(base => !base.owner.startsWith('iptables-') || base.owner === owner);
      return Math.min(...walk(then, each.packet, left).orders.map(outcomes => toNumber(goodShare(then, each, outcomes))));
    }))));
  }
}
