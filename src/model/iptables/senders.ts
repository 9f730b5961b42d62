import type {NodeRules, Ruleset} from '../node-rules.ts';
import {type Senders, sendersIn, unknownSenders} from '../senders.ts';

/** `-A KUBE-SVC-… ! -s BLOCK -d VIP … "… cluster IP" … -j KUBE-MARK-MASQ`: who is masqueraded on the way to a ClusterIP. */
const marking = /^(?:\[\d+:\d+\] )?-A KUBE-SV[CL]-\S+ (?:! -s (\S+) )?-d \S+ .* cluster IP" .*-j KUBE-MARK-MASQ$/gm;
/** `-A KUBE-EXT-… -s BLOCK … "pod traffic for …" -j KUBE-SVC-…`: who is sent past externalTrafficPolicy. */
const shortCircuit = /^(?:\[\d+:\d+\] )?-A KUBE-EXT-\S+ -s (\S+) .*"pod traffic for .*$/gm;

const found = new WeakMap<Ruleset, Senders>();

/** Of all Services' rules at once, by their text: one look at a dump, whatever its size. */
export function iptablesSenders(rules: NodeRules, family: 4 | 6): Senders {
  const rulesets = rules.rulesets.filter(set => set.family === family && set.dump.tables.some(({chains}) => (chains.get('KUBE-SERVICES')?.size ?? 0) > 0));
  const [only] = rulesets;
  if (only === undefined || rulesets.length > 1) return unknownSenders;
  const known = found.get(only) ?? sendersIn([...only.dump.text.matchAll(marking)].map(([, block = '']) => block), [...only.dump.text.matchAll(shortCircuit)].map(([, block = '']) => block));
  found.set(only, known);
  return known;
}
