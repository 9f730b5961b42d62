import type {Expansion} from './expand.ts';
import type {Answers, LookedUp, Reply, Sent, Step} from './looked-up.ts';

/**
 * networking/nslookup.c, send_queries: all questions at once to the first server, all A before all AAAA; twice within 5 s; SERVFAIL
 * is asked again at once, twice for each question. The next server only if the one before gave no answer at all. Every answer is
 * printed, and any code but NOERROR makes it fail: it finds a name and exits with 1 in a healthy cluster. A name that cannot be put
 * into a question ends the sending: it fails for each server.
 */
export function runNslookup({candidates, lookup, settings}: Expansion, answers: Answers): LookedUp {
  const sent: Sent[] = [];
  const types = candidates[0]?.types ?? lookup.types;
  const questions = types.flatMap(type => candidates.map(({name}, candidate) => ({candidate, name, type})));
  const replies: (Reply | null)[] = questions.map(() => null);
  let waited = 0;
  for (const server of settings.nameservers) {
    let dead = false;
    for (let round = 0; round < settings.attempts && replies.includes(null) && !dead; round += 1) {
      const waiting: {readonly index: number; readonly reply: Reply}[] = [];
      const ask = (index: number): void => {
        const question = {...questions[index]!, server, protocol: 'udp' as const};
        sent.push(question);
        waiting.push({index, reply: answers(question)});
      };
      let again = 2 * questions.length;
      const broken = questions.findIndex(({candidate}) => candidates[candidate]!.unsendable !== null);
      for (const [index, reply] of replies.entries()) if (reply === null && (broken < 0 || index < broken)) ask(index);
      if (broken >= 0) {
        dead = true;
        continue;
      }
      for (const {index, reply} of waiting) {
        if (reply.kind !== 'message' || replies[index] !== null) {
          dead ||= reply.kind === 'refused';
          continue;
        }
        if (reply.rcode === 'SERVFAIL' && again > 0) {
          again -= 1;
          ask(index);
        } else replies[index] = reply;
      }
      if (replies.includes(null)) waited += 5 / settings.attempts;
    }
    if (replies.some(reply => reply !== null)) break;
  }
  const steps = candidates.map(({unsendable}, candidate): Step => ({candidate, result: unsendable !== null ? 'unsendable' : resultOf(replies.filter((__, i) => questions[i]!.candidate === candidate)), wentOn: candidate < candidates.length - 1}));
  const winner = steps.find(({result}) => result === 'found')?.candidate ?? null;
  const every = (result: Step['result']): boolean => steps.some(step => step.result === result);
  return {outcome: winner !== null ? 'found' : every('timed-out') || every('server-failure') ? 'try-again' : every('refused-to-answer') ? 'failed' : every('no-data') ? 'no-data' : 'does-not-exist', winner, sent, steps, waited};
}

function resultOf(replies: readonly (Reply | null)[]): Step['result'] {
  const messages = replies.filter(reply => reply?.kind === 'message');
  if (messages.some(({rcode, wanted}) => rcode === 'NOERROR' && wanted > 0)) return 'found';
  if (messages.length === 0) return 'timed-out';
  const rcode = messages.find(each => each.rcode !== 'NOERROR')?.rcode;
  return rcode === undefined ? 'no-data' : rcode === 'NXDOMAIN' ? 'does-not-exist' : rcode === 'SERVFAIL' ? 'server-failure' : 'refused-to-answer';
}
