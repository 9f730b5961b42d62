import {type Answer, isKnown} from '../cluster/answer.ts';
import type {Facts} from '../facts/facts.ts';

/** `net.ipv4.ip_forward`, if the node was read and has it at 0; else null. */
export function sysctlOff(nodeRules: Answer<Facts['nodeRules']>, node: string, sysctl: string): string | null {
  const rules = isKnown(nodeRules) ? nodeRules.known.get(node) : undefined;
  return rules !== undefined && isKnown(rules) && rules.known.sysctls[sysctl.replaceAll('.', '/')] === '0' ? sysctl : null;
}
