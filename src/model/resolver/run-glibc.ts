import type {Candidate, Expansion} from './expand.ts';
import type {Answers, LookedUp, Reply, Sent, Step} from './looked-up.ts';

type Message = Extract<Reply, {kind: 'message'}>;

/** Of one candidate, over all servers and attempts (resolv/res_send.c). */
type Sending = {readonly replies: readonly Message[]} | {readonly none: 'timed-out' | 'unreachable'; /** Of the message that stays in the first buffer: the first that came of the last pair. */ readonly rcode: string | null};

/** What a resolver keeps from one candidate to the next: it turns to one question at a time once half of a pair got lost. */
interface State {
  single: 'no' | 'same-socket' | 'own-socket';
  turn: number;
  waited: number;
  readonly sent: Sent[];
}

/**
 * resolv/res_query.c, __res_context_search: goes on at NXDOMAIN and NODATA, and at SERVFAIL, which is remembered; any other
 * failure ends the search list, and the name is tried as it stands. In the end the as-is answer's error counts if it came first,
 * else NODATA before SERVFAIL before the last one's error.
 */
export function runGlibc({candidates, settings, lookup}: Expansion, answering: Answers): LookedUp {
  const instead = settings.noAaaa && lookup.types.join() === 'AAAA';
  const answers = instead ? emptied(answering) : answering;
  const state: State = {single: settings.single, turn: 0, waited: 0, sent: []};
  const steps: Step[] = [];
  const end = (outcome: LookedUp['outcome'], winner: number | null): LookedUp => ({outcome, winner, sent: state.sent, steps, waited: state.waited});
  const bare = candidates.findIndex(({domain}) => domain === null);
  let [first, nodata, servfail, last]: [LookedUp['outcome'] | null, boolean, boolean, LookedUp['outcome']] = [null, false, false, 'does-not-exist'];
  let index = 0;
  while (index < candidates.length) {
    const candidate = candidates[index]!;
    const sending = candidate.unsendable === null ? send(candidate, index, settings, answers, state) : null;
    const judged = resultOf(sending);
    // Of a list's candidate: nobody listens anywhere, and that is the end
    const over = judged === 'found' || (judged === 'unreachable' && candidate.domain !== null);
    // A's answer is made AAAA's in a buffer of zeros: where none came, they read as an answer without records
    const result = instead && !over && (judged === 'timed-out' || judged === 'unreachable') ? 'no-data' : judged;
    // Only a SERVFAIL in the first buffer is one to go on after
    const code = sending === null ? null : 'none' in sending ? sending.rcode : sending.replies[0]?.rcode;
    const lost = result === 'timed-out' || (result === 'server-failure' && code !== 'SERVFAIL');
    const broken = candidate.domain !== null && (lost || result === 'refused-to-answer' || result === 'unsendable');
    const next = over ? candidates.length : broken ? (bare > index ? bare : candidates.length) : index + 1;
    steps.push({candidate: index, result, wentOn: next < candidates.length});
    if (result === 'found') return end(sending !== null && 'replies' in sending && sending.replies.some(({wanted}) => wanted > 0) ? 'found' : 'no-data', index);
    last = sending !== null && 'none' in sending && result !== 'no-data' ? 'try-again' : failureOf(result);
    if (candidate.domain === null && index === 0) first = last;
    nodata ||= result === 'no-data' && candidate.domain !== null;
    servfail ||= result === 'server-failure' && !lost && candidate.domain !== null;
    if (over) return end('try-again', null);
    index = next;
  }
  return end(first ?? (nodata ? 'no-data' : servfail ? 'try-again' : last), null);
}

/** resolv/res-noaaaa.c: A was asked for in place of AAAA, and its records are taken out of the answer. */
function emptied(answers: Answers): Answers {
  return question => {
    const reply = answers(question);
    return reply.kind === 'message' ? {...reply, answers: 0, wanted: 0} : reply;
  };
}

function failureOf(result: Step['result']): LookedUp['outcome'] {
  switch (result) {
    case 'does-not-exist': case 'no-data': return result;
    case 'server-failure': case 'timed-out': case 'unreachable': return 'try-again';
    default: return 'failed';
  }
}

/** __res_context_query: of a pair, one with records is enough, also if they are aliases only. Else the first one's code counts before the second one's, but not NOERROR. */
function resultOf(sending: Sending | null): Step['result'] {
  if (sending === null) return 'unsendable';
  if ('none' in sending) return sending.rcode === 'SERVFAIL' ? 'server-failure' : sending.rcode !== null && serverFailures.includes(sending.rcode) ? 'refused-to-answer' : sending.none;
  if (sending.replies.some(({rcode, answers}) => rcode === 'NOERROR' && answers > 0)) return 'found';
  const rcode = sending.replies.find(each => each.rcode !== 'NOERROR')?.rcode ?? 'NOERROR';
  return rcode === 'NOERROR' ? 'no-data' : rcode === 'NXDOMAIN' ? 'does-not-exist' : rcode === 'SERVFAIL' ? 'server-failure' : 'refused-to-answer';
}

/** With these codes the next server is asked. */
const serverFailures = ['SERVFAIL', 'NOTIMP', 'REFUSED'];

/** __res_context_send: one server after the other, as often as `attempts` says. */
function send({name, types}: Candidate, candidate: number, {nameservers, attempts, timeout, rotate, useVc}: Expansion['settings'], answers: Answers, state: State): Sending {
  let rcode: string | null = null;
  let somewhere = false;
  const ask = (type: string, server: string, protocol: 'udp' | 'tcp'): Reply => {
    state.sent.push({candidate, name, type, server, protocol});
    const reply = answers({name, type, server, protocol});
    somewhere = protocol === 'tcp' ? reply.kind !== 'refused' : somewhere || reply.kind !== 'refused';
    return reply;
  };
  const keep = (replies: readonly Reply[]): void => { rcode = replies.find(reply => reply.kind === 'message')?.rcode ?? rcode; };
  const offset = rotate ? state.turn : 0;
  state.turn += 1;
  let byTcp = useVc;
  for (let round = 0; round < attempts; round += 1) {
    for (let shift = 0; shift < nameservers.length; shift += 1) {
      const index = (shift + offset) % nameservers.length;
      const server = nameservers[index]!;
      const wait = Math.max(1, index === 0 ? timeout : Math.trunc((timeout * 2 ** index) / nameservers.length));
      if (!byTcp) {
        const got = bySending(types, type => ask(type, server, 'udp'), keep, wait, state);
        if (got === 'truncated') byTcp = true;
        else if (got !== null) return {replies: got};
      }
      if (byTcp) {
        round = attempts; // one attempt with each server that is left
        const got = types.map(type => ask(type, server, 'tcp'));
        keep(got);
        const messages = got.filter(reply => reply.kind === 'message');
        if (messages.length === types.length) return {replies: messages};
      }
    }
  }
  return {none: somewhere ? 'timed-out' : 'unreachable', rcode};
}

/** send_dg: both questions at once, or one after the other. Null: the next server's turn. */
function bySending(types: readonly string[], ask: (type: string) => Reply, keep: (replies: readonly Reply[]) => void, wait: number, state: State): readonly Message[] | 'truncated' | null {
  const good = (reply: Reply | undefined): reply is Message => reply?.kind === 'message' && !serverFailures.includes(reply.rcode);
  for (;;) {
    const single = state.single !== 'no' && types.length > 1;
    const replies: Reply[] = [];
    for (const type of types) {
      replies.push(ask(type));
      const came = replies.at(-1);
      if (single && (!good(came) || came.truncated === true)) break;
    }
    keep(replies);
    const [first, second] = replies;
    if (first === undefined || replies.some(({kind}) => kind === 'refused')) return null;
    const silent = replies.some(({kind}) => kind === 'silence');
    if (replies.some(reply => good(reply) && reply.truncated === true)) return 'truncated';
    if (silent) state.waited += wait;
    if (types.length === 1) return good(first) ? [first] : null;
    if (!silent) {
      const usable = replies.filter(good);
      return usable.length === 0 ? null : usable;
    }
    // One half came, the other did not: once more, one after the other, then on a socket of its own each, before half is enough
    if (!good(first) && !(good(second) && !single)) return null;
    if (state.single === 'own-socket') return good(first) ? [first] : null;
    state.single = state.single === 'no' ? 'same-socket' : 'own-socket';
  }
}
