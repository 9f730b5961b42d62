import type {DnsAsked, DnsTry} from '../dns.ts';
import {type DnsQuestion, type PlaceName, readTry} from '../dns-tries.ts';
import {manifestPath} from './archive.ts';
import {type Fields, Malformed} from './fields.ts';

const outcomes: Readonly<Record<DnsTry['outcome'], true>> = {answered: true, malformed: true, 'timed-out': true, refused: true, reset: true, closed: true, 'no-route': true, 'host-unreachable': true, 'not-sent': true};

/** The place that a recorded question was asked at. These three throw Malformed for what kdiag does not write. */
export function placeOf(question: Fields): PlaceName {
  const node = question.text('node');
  if (question.value('pod') === null) return {node, pod: null};
  const pod = question.fields('pod');
  return {node, pod: {namespace: pod.text('namespace'), name: pod.text('name')}};
}

export function dnsQuestionOf(question: Fields): DnsQuestion {
  const protocol = question.text('protocol');
  if (protocol !== 'udp' && protocol !== 'tcp') throw new Malformed(`${manifestPath}: protocol is ${JSON.stringify(protocol)}`);
  return {server: question.text('server'), port: question.integer('port'), protocol, name: question.text('name'), type: question.text('type')};
}

/** The messages are read from their bytes anew. */
export function dnsTriesOf(answer: Fields, question: DnsQuestion): Pick<DnsAsked, 'via' | 'tries'> {
  return {via: answer.text('via'), tries: answer.items('tries').map(each => tryOf(each, question))};
}

function tryOf(fields: Fields, question: DnsQuestion): DnsTry {
  const [outcome, hex] = [fields.text('outcome'), fields.text('hex')];
  if (!Object.hasOwn(outcomes, outcome)) throw new Malformed(`${manifestPath}: a try's outcome is ${JSON.stringify(outcome)}`);
  if (!/^(?:[0-9a-f]{2})*$/.test(hex)) throw new Malformed(`${manifestPath}: a message is not hexadecimal`);
  const [detail, from] = (['detail', 'from'] as const).map(name => (fields.value(name) === null ? null : fields.text(name)));
  return readTry(question, {outcome: outcome as DnsTry['outcome'], detail: detail ?? null, micros: fields.integer('micros'), from: from ?? null, hex});
}
