import {type Answer, known, unknown} from '../../answer.ts';
import {formatAddress, parseAddress} from '../../dns-address.ts';
import {encodeQuery} from '../../dns-message.ts';
import {messageId, type RawTry} from '../../dns-tries.ts';
import type {DnsAsk} from '../../dns.ts';
import {outcomeOf} from './outcome.ts';

/** An ask as the probe's argument (ask.h), or why it cannot be asked. */
export function argumentOf(ask: DnsAsk): {readonly argument: string} | {readonly notSent: string} {
  const {server, port, protocol, name, type, tries, timeoutMs} = ask;
  const address = parseAddress(server);
  if (address === null) return {notSent: `${JSON.stringify(server)} is no address that can be asked`};
  try {
    const query = encodeQuery({id: messageId(ask), name, type});
    return {argument: [protocol === 'tcp' ? 't' : 'u', address.toString('hex'), port, timeoutMs, tries, query.toString('hex')].join('.')};
  } catch (error) {
    if (error instanceof RangeError) return {notSent: error.message};
    throw error;
  }
}

/**
 * The probe's lines → the tries of each ask, in the order in which they began. `truncated` without its last line, `done`; what is no
 * line of it is `unparsed`.
 */
export function parseTries(text: string, asks: readonly DnsAsk[]): Answer<readonly (readonly RawTry[])[]> {
  if (!text.endsWith('done\n')) return unknown('truncated', 'the probe\'s answer ended without its end mark');
  const tries = asks.map((): RawTry[] => []);
  for (const line of text.split('\n').slice(0, -2)) {
    const [, ask, number, what = '', errno, micros, from = '', icmp = '', hex = ''] = /^(\d+) (\d+) (answer|closed|timeout|error|unsent) (\d+) (\d+) (\S+) (\S+) (-|(?:[0-9a-f]{2})+)$/.exec(line) ?? [];
    const asked = asks[Number(ask)];
    if (asked === undefined || ask === undefined) return unknown('unparsed', `the probe said ${JSON.stringify(line.slice(0, 80))}`);
    tries[Number(ask)]![Number(number)] = {...outcomeOf(what, Number(errno), from, icmp), micros: Number(micros), from: foreign(what, from, asked), hex: hex === '-' ? '' : hex};
  }
  const lacks = asks.findIndex((ask, index) => Array.from({length: ask.tries}).some((_, number) => tries[index]?.[number] === undefined));
  return lacks < 0 ? known(tries) : unknown('truncated', `the probe did not say what came of a try to ask ${asks[lacks]?.server}`);
}

/** Null: it is who was asked. With its port when only that differs. */
function foreign(what: string, from: string, {server, port}: DnsAsk): string | null {
  if (what !== 'answer' || from === '-') return null;
  const [hex = '', fromPort = ''] = from.split('.');
  const address = formatAddress(Buffer.from(hex, 'hex'));
  if (hex !== parseAddress(server)?.toString('hex')) return address;
  if (Number(fromPort) === port) return null;
  return address.includes(':') ? `[${address}]:${fromPort}` : `${address}:${fromPort}`;
}
