import {parseAddress} from '../ip.ts';

/** A name that can be put into a question, as somebody typed it. */
export interface DnsName {
  /** As typed. */
  readonly text: string;
  /** It ends in a dot: no search list. */
  readonly absolute: boolean;
  /** Dots as the libcs count them against ndots: every one, also an escaped one. */
  readonly dots: number;
}

export type NameFault =
  | {readonly fault: 'empty'}
  | {readonly fault: 'too-long'; readonly octets: number}
  | {readonly fault: 'label-too-long'; readonly label: string; readonly octets: number}
  | {readonly fault: 'empty-label'}
  /** `ascii`: the form that DNS knows (IDNA, `xn--…`); null: there is none. */
  | {readonly fault: 'not-ascii'; readonly ascii: string | null}
  | {readonly fault: 'bad-escape'; readonly escape: string}
  | {readonly fault: 'control-or-blank'};

/**
 * RFC 1035 §2.3.4 and §5.1: labels of 1 to 63 octets, at most 255 octets with their lengths and the root; `\.` and `\DDD` stand for
 * one octet of a label. Underscores are right. Whether a libc would ask for it is another question: see `silence`.
 */
export function readName(text: string): DnsName | NameFault {
  if (text === '') return {fault: 'empty'};
  if (/[^\0-\u007f]/.test(text)) return {fault: 'not-ascii', ascii: toAscii(text)};
  if (/[\0-\u0020\u007f]/.test(text)) return {fault: 'control-or-blank'};
  const escape = [...text.matchAll(/\\(\d{1,3}|[^]?)/g)].find(([, body = '']) => body === '' || (/^\d/.test(body) && (body.length < 3 || Number(body) > 255)));
  if (escape !== undefined) return {fault: 'bad-escape', escape: escape[0]};
  const name = {text, absolute: /(?:^|[^\\])(?:\\\\)*\.$/.test(text), dots: text.split('.').length - 1};
  if (text === '.') return name;
  const labels = labelsOf(text);
  if (labels.some(label => octetsOf(label) === 0)) return {fault: 'empty-label'};
  const long = labels.find(label => octetsOf(label) > 63);
  if (long !== undefined) return {fault: 'label-too-long', label: long, octets: octetsOf(long)};
  const octets = wireLength(labels);
  return octets > 255 ? {fault: 'too-long', octets} : name;
}

/** Labels of a name, the root's empty one left out; escapes stay as they are. */
export function labelsOf(text: string): string[] {
  const labels = [''];
  for (const [token] of text.matchAll(/\\\d\d\d|\\[^]|[^]/g)) {
    if (token === '.') labels.push('');
    else labels.push(`${labels.pop() ?? ''}${token}`);
  }
  return labels.at(-1) === '' ? labels.slice(0, -1) : labels;
}

/** Octets of a question's name with its lengths and the root: what RFC 1035 limits to 255. */
export function wireLength(labels: readonly string[]): number {
  return labels.reduce((sum, label) => sum + octetsOf(label) + 1, 1);
}

export function octetsOf(label: string): number {
  return label.replace(/\\\d\d\d|\\[^]/g, '_').length;
}

/**
 * An address is not asked for by getaddrinfo: its own number is the answer. `127.1`, `0x7f.1` and a plain `10` are addresses, too:
 * inet_aton(3) of both libcs.
 */
export function isAddress(text: string): boolean {
  if (text.includes(':')) return parseAddress(text.replace(/%.*$/, '')) !== null;
  const parts = text.split('.');
  const numbers = parts.map(part => (/^(?:0x[\da-f]+|0[0-7]*|[1-9]\d*)$/i.test(part) ? Number(/^0[0-7]+$/.test(part) ? `0o${part.slice(1)}` : part) : Number.NaN));
  return parts.length <= 4 && numbers.every((number, i) => number <= (i < parts.length - 1 ? 255 : 2 ** (8 * (5 - parts.length)) - 1));
}

/** The form with `xn--` (UTS 46, as URLs have it), label by label as written; null: it has none. */
function toAscii(text: string): string | null {
  if (/[\0-\u0020/\\?#@:%[\]]/.test(text)) return null;
  try {
    const {hostname} = new URL(`http://x.${text.replace(/\.$/, '')}`);
    return `${hostname.slice(2)}${text.endsWith('.') ? '.' : ''}`;
  } catch {
    return null;
  }
}
