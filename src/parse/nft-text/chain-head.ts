import type {JsonObject} from '../nft.ts';

/** Names of priorities (src/rule.c of nftables, std_prios and bridge_std_prios). */
const priorities: Readonly<Record<string, number>> = {raw: -300, mangle: -150, dstnat: -100, filter: 0, security: 50, srcnat: 100};
const ofBridge: Readonly<Record<string, number>> = {dstnat: -300, filter: -200, out: 100, srcnat: 300};

/** Whether a chain's line is meant to say where the kernel enters it; a rule begins with no such word. */
export function isHead(words: readonly string[]): boolean {
  return words[0] === 'type' && words.includes(';');
}

/** `type filter hook input [device "eth0"] priority filter - 10; policy accept;` */
export function chainHead(words: readonly string[], family: string): JsonObject | null {
  const text = words.join(' ');
  const parts = /^type (filter|nat|route) hook (prerouting|input|forward|output|postrouting|ingress|egress)( device "?[^\s"]+"?| devices = \{ [^}]* \})? priority (?:(-?\d+)|([a-z]+)(?: ([+-]) (\d+))?) ; policy (accept|drop) ;$/.exec(text);
  if (parts === null) return null;
  const [, type = '', hook = '', , number, name, sign, offset = '0', policy = ''] = parts;
  const base = number !== undefined ? Number(number) : (family === 'bridge' ? ofBridge : priorities)[name ?? ''];
  return base === undefined ? null : {type, hook, prio: base + (sign === '-' ? -Number(offset) : Number(offset)), policy};
}
