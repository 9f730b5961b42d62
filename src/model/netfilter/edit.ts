import type {Packet} from '../packet.ts';
import type {Base} from './hooks.ts';
import type {Chain, Evaluation, Line} from './program.ts';

/** A change to rules that exists in the model only. */
export interface Edit {
  /** What a rule does in place of what it does; undefined: as it stands, null: nothing. */
  readonly rule?: (rule: Line, packet: Packet) => Evaluation | null | undefined;
  /** True: base chains let through what comes to their end. */
  readonly accept?: boolean;
}

/** The same base chain, with changes. Chains keep their identity, which traverse() counts on. */
export function edited(base: Base, {rule: instead, accept = false}: Edit): Base {
  const {program} = base;
  const open = new Map<string, Chain>();
  const get = (name: string): Chain | undefined => {
    const chain = program.chains.get(name);
    if (!accept || chain === undefined || chain.policy !== 'drop') return chain;
    const found = open.get(name) ?? {...chain, policy: 'accept', ruleAt: index => chain.ruleAt(index), ...(chain.next === undefined ? {} : {next: (from, packet) => chain.next?.(from, packet) ?? from})};
    open.set(name, found);
    return found;
  };
  return {...base, program: {chains: {get}, evaluate: (rule, packet, place) => {
    const own = instead?.(rule, packet);
    return own === undefined ? program.evaluate(rule, packet, place) : own;
  }}};
}

/** A base chain of one rule. */
export function single(place: Pick<Base, 'owner' | 'hook' | 'type' | 'priority'>, line: Line, evaluate: (packet: Packet) => Evaluation | null): Base {
  const chain: Chain = {name: line.chain, policy: 'accept', ruleAt: index => (index === 0 ? line : undefined)};
  return {...place, chain: line.chain, program: {chains: {get: name => (name === line.chain ? chain : undefined)}, evaluate: (_, packet) => evaluate(packet)}};
}

export function isSame(a: Line, b: Line): boolean {
  return a.raw === b.raw && a.table === b.table && a.chain === b.chain;
}
