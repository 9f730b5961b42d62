import type {Rule} from '../../parse/iptables.ts';
import type {Line} from '../netfilter/program.ts';
import type {Outcome, Step} from '../netfilter/walk.ts';
import type {NftLine} from '../nft/evaluate.ts';
import type {Context} from './context.ts';
import {iptablesWords} from './iptables-words.ts';
import {ipvsWords} from './ipvs-words.ts';
import {nftWords} from './nft-words.ts';

/** One rule that took the packet. */
export interface ToldRule {
  readonly table: string;
  readonly chain: string;
  readonly raw: string;
  readonly words: string;
  /** It led to a chain that let the packet come back as it was. */
  readonly cameBack: boolean;
}

/** One base chain, rule by rule, and how it ended. */
export interface ToldStep {
  readonly hook: Step['hook'];
  readonly owner: string;
  readonly type: Step['type'];
  readonly chain: string;
  /** Null: no rule of it took the packet. */
  readonly table: string | null;
  readonly rules: readonly ToldRule[];
  readonly end: Step['end'];
  readonly words: string;
}

export function toldSteps({steps, to, source}: Outcome): ToldStep[] {
  return steps.map(({hook, owner, type, chain, lines, end}) => {
    const rules = lines.map((line, i) => toldRule(line, {next: lines[i + 1]?.chain ?? null, end, to: end === 'dnat' ? to : null}));
    const table = lines[0]?.table ?? null;
    const sender = source.kind === 'rewritten' ? source.to : null;
    return {hook, owner, type, chain, table, rules, end, words: endWords({hook, end, type}, rules.at(-1) ?? null, to, sender)};
  });
}

/** A rule of any kind in words; what kdiag has no words for speaks for itself. */
export function ruleWords(line: Line, context: Context): string {
  if ('criteria' in line) return iptablesWords(line as unknown as Rule, context);
  if ('rule' in line) return nftWords((line as NftLine).rule, context);
  return line.table === 'ipvs' ? ipvsWords(line) : line.comment ?? line.raw;
}

function toldRule(line: Line, context: Context): ToldRule {
  const {table, chain, raw} = line;
  const jump = jumpOf(line);
  const marks = jump?.startsWith('KUBE-MARK-') === true;
  // after the last rule the packet may have been dropped by the chain that it led to
  const cameBack = jump !== null && !marks && context.next !== jump && (context.next !== null || context.end === 'pass');
  return {table, chain, raw, words: ruleWords(line, context), cameBack};
}

/** The chain that a rule always leads to; null: it does something else, or leads to several. */
function jumpOf(line: Line): string | null {
  if ('criteria' in line) {
    const {target} = line as unknown as Rule;
    return target === null || target.options.length > 0 || verdicts.has(target.name) ? null : target.name;
  }
  if (!('rule' in line)) return null;
  for (const statement of (line as NftLine).rule.statements) {
    const target = (statement['jump'] ?? statement['goto']) as {readonly target?: string} | undefined;
    if (target?.target !== undefined) return target.target;
  }
  return null;
}

const verdicts: ReadonlySet<string> = new Set(['ACCEPT', 'DROP', 'REJECT', 'RETURN', 'MASQUERADE', 'QUEUE', 'LOG', 'TRACE', 'NOTRACK', 'AUDIT', 'REDIRECT']);

function endWords({hook, end, type}: Pick<Step, 'hook' | 'end' | 'type'>, last: ToldRule | null, to: string | null, sender: string | null): string {
  switch (end) {
    case 'dnat': return `translated to ${to ?? 'another address'}`;
    case 'snat': return sender === null ? "masqueraded: the receiver sees an address of the node" : `the receiver sees ${sender}`;
    case 'drop': return last === null ? "dropped by the chain's policy" : 'dropped';
    case 'reject': return 'refused';
    case 'undecided': return 'kdiag cannot decide what this rule does with it';
    case 'pass':
      if (type === 'nat' && (hook === 'postrouting' || hook === 'input')) return "the sender's address stays as it is";
      if (type === 'nat') return 'not translated';
      return last !== null && !last.cameBack ? 'let through' : 'let through by policy: no rule stopped it';
  }
}
