import {olderThan} from './libc.ts';
import type {Candidate, Expansion} from './expand.ts';
import type {Answers, LookedUp, Reply, Sent, Step} from './looked-up.ts';

type Message = Extract<Reply, {kind: 'message'}>;

/**
 * src/network/lookup_name.c, name_from_dns: A is judged first, then AAAA. No answer or SERVFAIL ends the lookup, NXDOMAIN of
 * either goes on, and so does nothing else: NODATA ends it. Before 1.2.1 any address was enough, and only A was judged.
 */
export function runMusl(expansion: Expansion, answers: Answers): LookedUp {
  const {candidates, libc} = expansion;
  const sent: Sent[] = [];
  const steps: Step[] = [];
  let waited = 0;
  const lenient = olderThan(libc, '1.2.1');
  for (const [index, candidate] of candidates.entries()) {
    if (candidate.unsendable === 'skipped' || candidate.unsendable === 'stops') {
      const ends = candidate.unsendable === 'stops';
      steps.push({candidate: index, result: 'unsendable', wentOn: !ends && index < candidates.length - 1});
      if (ends) break;
      continue;
    }
    const round = send(expansion, candidate, index, candidate.unsendable === null ? answers : () => ({kind: 'message', rcode: 'FORMERR', answers: 0, wanted: 0}), sent);
    waited += round.waited;
    const result = resultOf(round, lenient);
    const wentOn = result === 'does-not-exist' && index < candidates.length - 1;
    steps.push({candidate: index, result, wentOn});
    if (result === 'does-not-exist') continue;
    return {outcome: result === 'found' ? 'found' : result === 'no-data' ? 'no-data' : 'try-again', winner: result === 'found' || result === 'no-data' ? index : null, sent, steps, waited};
  }
  return {outcome: 'does-not-exist', winner: null, sent, steps, waited};
}

function resultOf({replies, ignored}: Round, lenient: boolean): Step['result'] {
  const found = replies.some(reply => reply !== null && reply.rcode === 'NOERROR' && reply.wanted > 0);
  if (lenient && found) return 'found';
  for (const [i, reply] of (lenient ? replies.slice(0, 1) : replies).entries()) {
    if (reply === null) return ignored[i] === 'SERVFAIL' ? 'server-failure' : ignored[i] === null ? 'timed-out' : 'refused-to-answer';
    if (reply.rcode === 'NXDOMAIN') return 'does-not-exist';
  }
  return found ? 'found' : 'no-data';
}

interface Round {
  readonly replies: readonly (Message | null)[];
  /** The last code that was not taken for an answer, of each question. */
  readonly ignored: readonly (string | null)[];
  readonly waited: number;
}

/**
 * src/network/res_msend.c: every question to every server at once; the first NOERROR or NXDOMAIN counts, SERVFAIL is asked again at
 * once, twice for each question, anything else is as if nothing had come. Servers are taken to answer in their order.
 * TCP after a truncated answer since 1.2.4; before, what fitted is used.
 */
function send({settings: {nameservers, attempts, timeout}, libc}: Expansion, {name, types}: Candidate, candidate: number, answers: Answers, sent: Sent[]): Round {
  const ignored: (string | null)[] = types.map(() => null);
  const replies: (Message | null)[] = types.map(() => null);
  let waited = 0;
  for (let round = 0; round < attempts && replies.includes(null); round += 1) {
    const waiting: {readonly index: number; readonly server: string}[] = [];
    const ask = (index: number, server: string, protocol: 'udp' | 'tcp' = 'udp'): Reply => {
      const question = {name, type: types[index]!, server, protocol};
      sent.push({candidate, ...question});
      return answers(question);
    };
    const came = new Map<object, Reply>();
    const post = (index: number, server: string): void => {
      const entry = {index, server};
      came.set(entry, ask(index, server));
      waiting.push(entry);
    };
    for (const [index, reply] of replies.entries()) if (reply === null) for (const server of nameservers) post(index, server);
    let again = 2 * types.length;
    for (const entry of waiting) {
      const reply = came.get(entry)!;
      if (reply.kind !== 'message' || replies[entry.index] !== null) continue;
      if (reply.rcode !== 'NOERROR' && reply.rcode !== 'NXDOMAIN') ignored[entry.index] = reply.rcode;
      if (reply.rcode === 'SERVFAIL' && again > 0) {
        again -= 1;
        post(entry.index, entry.server);
      } else if (reply.rcode === 'NOERROR' || reply.rcode === 'NXDOMAIN') {
        const full = reply.truncated === true && !olderThan(libc, '1.2.4') ? ask(entry.index, entry.server, 'tcp') : reply;
        if (full.kind === 'message') replies[entry.index] = full;
      }
    }
    if (replies.includes(null)) waited += timeout / attempts;
  }
  return {replies, ignored, waited};
}
