import type {ArgsOf, Code} from './codes.ts';
import type {Finding, FindingOf, Level, Subject} from './finding.ts';
import {endpointWords} from './words/endpoints.ts';
import {ipvsWords} from './words/ipvs.ts';
import {kdiagWords} from './words/kdiag.ts';
import {kubeProxyWords} from './words/kube-proxy.ts';
import {ruleWords} from './words/rules.ts';
import {serviceWords} from './words/service.ts';

/** All that is said of a code. */
export interface Words<C extends Code> {
  readonly title: string;
  readonly level: Level;
  /** Where its link stands in the chain: the lower, the more upstream. */
  readonly link: Link;
  /** One sentence, without a final full stop. */
  readonly message: (args: ArgsOf[C], subject: Subject) => string;
  /** Commands to type, most likely mend first; lines that start with # are remarks. */
  readonly remedy: (args: ArgsOf[C], subject: Subject) => readonly string[];
}

/** The links of the chain, in order. */
export const links = ['Service', 'Endpoints', 'kube-proxy', 'Node rules', 'kdiag'] as const;
export type Link = (typeof links)[number];

/** The one catalogue: a code without words does not compile. */
const words: {readonly [C in Code]: Words<C>} = {...serviceWords, ...endpointWords, ...kubeProxyWords, ...ruleWords, ...ipvsWords, ...kdiagWords};

export const codes = Object.keys(words) as Code[];

export const wordsOf = <C extends Code>(code: C): Words<C> => words[code] as Words<C>;
export const levelOf = (finding: Finding): Level => finding.level ?? words[finding.code].level;
export const linkOf = (code: Code): Link => words[code].link;
export const messageOf = (finding: Finding): string => say(finding as FindingOf<Code>);
export const remedyOf = (finding: Finding): readonly string[] => mend(finding as FindingOf<Code>);
export const pageOf = (code: Code): string => `docs/findings/${code}.md`;

function say<C extends Code>({code, args, subject}: FindingOf<C>): string {
  return wordsOf(code).message(args, subject);
}

function mend<C extends Code>({code, args, subject}: FindingOf<C>): readonly string[] {
  return wordsOf(code).remedy(args, subject);
}
