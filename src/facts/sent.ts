import {type Answer, isKnown, known, unknown} from '../cluster/answer.ts';

interface Try {
  readonly outcome: string;
  readonly detail: string | null;
  /** TCP only; not null: the connection stood, and what was to be said on it was not sent. */
  readonly connectMicros?: number | null;
}

/**
 * What was heard, without the tries that never left: a probe without time or sockets says nothing about who was asked.
 * Asked without one try that left is not asked.
 */
export function sent<Asked extends {readonly tries: readonly Try[]}>(answers: readonly Answer<Asked>[]): readonly Answer<Asked>[] {
  return answers.map(answer => {
    if (!isKnown(answer)) return answer;
    const tries = answer.known.tries.filter(each => !isUnsent(each));
    const first = answer.known.tries.find(isUnsent);
    if (first === undefined) return answer;
    return tries.length > 0 ? known({...answer.known, tries}) : unknown('lost', `the question could not be sent: ${first.detail ?? 'no reason was given'}`);
  });
}

function isUnsent({outcome, connectMicros = null}: Try): boolean {
  return outcome === 'not-sent' && connectMicros === null;
}
