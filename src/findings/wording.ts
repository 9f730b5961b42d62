import type {ArgsOf, Code} from './codes.ts';
import type {Level, Subject} from './finding.ts';

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
export const links = ['Resolver', 'Service', 'API server', 'CoreDNS', 'Endpoints', 'Network policy', 'Pod network', 'kube-proxy', 'Node rules', 'Connection tracking', 'DNS answers', 'kdiag'] as const;
export type Link = (typeof links)[number];
