import type {Code} from './codes.ts';
import type {Finding, FindingOf, Level} from './finding.ts';
import type {Link, Words} from './wording.ts';
import {apiserverWords} from './words/apiserver.ts';
import {corednsWords} from './words/coredns.ts';
import {dnsAnswerWords} from './words/dns-answers.ts';
import {connectionWords} from './words/connections.ts';
import {dnsServiceWords} from './words/dns-service.ts';
import {endpointWords} from './words/endpoints.ts';
import {ipvsWords} from './words/ipvs.ts';
import {kdiagWords} from './words/kdiag.ts';
import {kubeProxyWords} from './words/kube-proxy.ts';
import {cidrWords} from './words/cidrs.ts';
import {listeningWords} from './words/listening.ts';
import {networkWords} from './words/network.ts';
import {resolverWords} from './words/resolver.ts';
import {ruleWords} from './words/rules.ts';
import {serviceWords} from './words/service.ts';

/** The one catalogue: a code without words does not compile. */
const words: {readonly [C in Code]: Words<C>} = {...serviceWords, ...endpointWords, ...listeningWords, ...networkWords, ...cidrWords, ...kubeProxyWords, ...ruleWords, ...ipvsWords, ...apiserverWords, ...resolverWords, ...dnsServiceWords, ...corednsWords, ...dnsAnswerWords, ...connectionWords, ...kdiagWords};

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
