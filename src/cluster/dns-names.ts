/**
 * Domain names between their wire form, a list of labels, and their presentation form (RFC 1035 §5.1): labels joined by dots,
 * `\.` and `\\` for those two octets inside a label, `\DDD` (decimal) for what is no printable ASCII. The root has no label and is
 * the empty text. Wire case is kept in labels; presentation is lower case (RFC 4343: ASCII letters only).
 */
export type Labels = readonly Buffer[];

/** Octets on the wire: a length before each label, and the root's zero. At most 255 (RFC 1035 §2.3.4). */
function wireLength(labels: Labels): number {
  return labels.reduce((sum, label) => sum + 1 + label.length, 1);
}

/** Throws a RangeError that says what is wrong: nothing that a server would read otherwise than it was written is let through. */
export function labelsOf(name: string): Labels {
  if (name === '' || name === '.') return [];
  const labels: number[][] = [[]];
  for (let i = 0; i < name.length; i += 1) {
    const char = name[i] ?? '';
    if (char === '.') {
      if (i < name.length - 1) labels.push([]);
    } else if (char === '\\') {
      const octet = /^\\(?:(\d{3})|([^\d]))/.exec(name.slice(i, i + 4));
      const code = octet === null ? 256 : octet[1] === undefined ? name.charCodeAt(i + 1) : Number(octet[1]);
      if (code > 255) throw new RangeError(`“${name}” is no domain name: after a backslash come three digits of at most 255, or a character of ASCII`);
      labels.at(-1)?.push(ascii(name, code, octet?.[1] === undefined));
      i += octet?.[1] === undefined ? 1 : 3;
    } else labels.at(-1)?.push(ascii(name, name.charCodeAt(i), true));
  }
  const wire = labels.map(octets => Buffer.from(octets));
  if (wire.some(label => label.length === 0)) throw new RangeError(`“${name}” is no domain name: it has an empty label`);
  const long = wire.find(label => label.length > 63);
  if (long !== undefined) throw new RangeError(`“${name}” is no domain name: the label “${presentation([long])}” has ${long.length} octets, at most 63 are allowed`);
  if (wireLength(wire) > 255) throw new RangeError(`“${name}” is no domain name: it takes ${wireLength(wire)} octets, at most 255 are allowed`);
  return wire;
}

function ascii(name: string, code: number, written: boolean): number {
  if (written && code > 127) throw new RangeError(`“${name}” has characters beyond ASCII: DNS asks for its A-label form, xn--…`);
  return code;
}

/** Lower case, without the final dot; the root is the empty text. */
export function presentation(labels: Labels): string {
  return labels.map(label => plainText(label) ?? [...label].map(octet => {
    if (octet === 0x2e || octet === 0x5c) return `\\${String.fromCharCode(octet)}`;
    return octet > 0x20 && octet < 0x7f ? String.fromCharCode(octet).toLowerCase() : `\\${String(octet).padStart(3, '0')}`;
  }).join('')).join('.');
}

/** Most labels need no escape. */
function plainText(label: Labels[number]): string | null {
  const text = Buffer.from(label).toString('latin1');
  return /^[!-\-/-[\]-~]+$/.test(text) ? text.toLowerCase() : null;
}

/** RFC 4343: equal but for the case of ASCII letters. What resolvers that vary the case (0x20) compare as well. */
export function sameName(one: Labels, other: Labels): boolean {
  return presentation(one) === presentation(other);
}
