import {type Answer, knownOf} from '../cluster/answer.ts';
import type {Facts} from '../facts/facts.ts';

/** `net.ipv4.ip_forward`, if the node was read and has it at 0; else null. */
export function sysctlOff(nodeRules: Answer<Facts['nodeRules']>, node: string, sysctl: string): string | null {
  return knownOf(nodeRules, node)?.sysctls[sysctl.replaceAll('.', '/')] === '0' ? sysctl : null;
}
