import assert from 'node:assert/strict';
import {type Expansion, expand} from '../../../../src/model/resolver/expand.ts';
import type {Libc} from '../../../../src/model/resolver/libc.ts';
import {readName} from '../../../../src/model/resolver/name.ts';
import type {LookedUp, Reply} from '../../../../src/model/resolver/looked-up.ts';
import {run} from '../../../../src/model/resolver/run.ts';
import {parseResolvConf} from '../../../../src/parse/resolv-conf.ts';

export const pod = 'search default.svc.cluster.local svc.cluster.local cluster.local ca-central-1.compute.internal\nnameserver 10.43.0.10\noptions ndots:5\n';

/** `glibc`, `musl-1.2.3`, … */
export function libc(text: string): Libc {
  const [kind, version] = text.split('-');
  return {kind: kind as Libc['kind'], version: version ?? null};
}

export function expansion(of: string, text: string, name: string, types: readonly string[] = ['A', 'AAAA']): Expansion {
  const read = readName(name);
  assert.ok(!('fault' in read), name);
  return expand(libc(of), parseResolvConf(text), {name: read, types});
}

export const names = (of: string, text: string, name: string, types?: readonly string[]): string[] => expansion(of, text, name, types).candidates.map(each => each.name);

/** `x`: NXDOMAIN, `n`: no data, `s`: SERVFAIL, `r`: REFUSED, `f`: FORMERR, `-`: silence, `!`: nobody listens, `c`: an alias and no address, else so many records. */
export function reply(letter: string): Reply {
  const message = (rcode: string, answers = 0, wanted = answers): Reply => ({kind: 'message', rcode, answers, wanted});
  switch (letter) {
    case 'x': return message('NXDOMAIN');
    case 'n': return message('NOERROR');
    case 's': return message('SERVFAIL');
    case 'r': return message('REFUSED');
    case 'f': return message('FORMERR');
    case 'c': return message('NOERROR', 1, 0);
    case '-': return {kind: 'silence'};
    case '!': return {kind: 'refused'};
    default: return message('NOERROR', Number(letter));
  }
}

/** Name → letters for A and AAAA; what is not named does not exist. */
export function looked(of: string, text: string, name: string, answers: Readonly<Record<string, string>>, types?: readonly string[]): LookedUp {
  return run(expansion(of, text, name, types), question => reply((answers[question.name] ?? answers[`@${question.server}`] ?? 'xx')[question.type === 'AAAA' ? 1 : 0]!));
}

/** `A web.default.svc.cluster.local` … in the order of sending; with the server if there are several. */
export const asked = ({sent}: LookedUp): string[] => sent.map(({name, type, server}) => `${type} ${name}${new Set(sent.map(each => each.server)).size > 1 ? ` @${server}` : ''}`);
