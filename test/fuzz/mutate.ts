import * as fc from 'fast-check';

/** One thing done to a text. Numbers are taken modulo what there is. */
export interface Damage {
  readonly what: 'bit' | 'delete' | 'repeat' | 'swap' | 'move' | 'cut' | 'splice' | 'insert' | 'drop-word' | 'copy-word' | 'replace-word' | 'digit' | 'quote' | 'blank' | 'gut';
  readonly at: number;
  readonly to: number;
  readonly bit: number;
}

/** Words that real rules may hold and that stand in none of kube-proxy's; and what is no word at all. */
const hostile = [
  '-m frobnicate', '--frobnicate 3', '! --frobnicate', '-m socket', '-m rpfilter --invert', '-j DROP', '-j ACCEPT', '-g KUBE-SEP-GONE', '-j RETURN', '-m mac --mac-source 00:11:22:33:44:55', '! -i eth0', '-f', '-m time --timestart 10:00', '--dport 1:2', '-m limit --limit 1/sec', '-m u32 --u32 "0=1"', '-p icmp', '-s 0.0.0.0/0', '-d 10.0.0.0/8', '-m set --match-set x dst', '-m string --string "x\\"y" --algo bm', '--ctstate INVALID',
  'accept', 'drop', 'return', 'jump nowhere', 'ip saddr 10.0.0.0/8', 'ip daddr { 10.0.0.0/8, 1.2.3.4 }', 'meta mark 0x1', 'limit rate 1/second', 'ct state invalid', 'tcp dport 1-65535', 'frobnicate', 'vmap @nothing', 'reject with tcp reset', 'th dport != 80', 'iifname "x"', 'queue', '# xt_foo', '{', '}', '"', '\\', ';', '!', '-A FORWARD -j DROP', '-A PREROUTING -j ACCEPT', '-I FORWARD 1 -j DROP', ':FORWARD DROP [0:0]', 'COMMIT', '*filter', '\r', '\0', '\u2028', 'é😀', '[1:2]', ' '.repeat(300),
  ',{"drop":null}', '{"drop":null},', '"op":"!="', 'null', '[]', '{"frobnicate":{}},', '{"unparsed":"x"},', '1e999', '"prio":-1,', '"policy":"drop",', '"type":"filter","hook":"forward",',
];

export const damage: fc.Arbitrary<Damage> = fc.record({
  what: fc.constantFrom<Damage['what']>('bit', 'delete', 'repeat', 'swap', 'move', 'cut', 'splice', 'insert', 'drop-word', 'copy-word', 'replace-word', 'digit', 'quote', 'blank', 'gut'),
  at: fc.nat(0x7fffffff), to: fc.nat(0x7fffffff), bit: fc.nat(1000),
});

const word = /[^\s,:{}[\]"]+/g;

export function damaged(text: string, {what, at, to, bit}: Damage, others: readonly string[]): string {
  const lines = text.split('\n').length > 5 ? text.split('\n') : text.split(/(?<=\}),(?=\{")/); // JSON stands in one line
  const glue = text.split('\n').length > 5 ? '\n' : ',';
  const [i, j] = [at % lines.length, to % lines.length];
  const place = at % Math.max(1, text.length);
  const words = [...text.matchAll(word)];
  const one = words[at % Math.max(1, words.length)];
  const other = words[to % Math.max(1, words.length)];
  const put = (from: number, length: number, what_: string): string => text.slice(0, from) + what_ + text.slice(from + length);
  const strange = hostile[bit % hostile.length] ?? '';
  switch (what) {
    case 'bit': return put(place, 1, String.fromCharCode((text.codePointAt(place) ?? 0) % 0x10000 ^ (1 << (bit % 7))));
    case 'delete': return lines.toSpliced(i, 1 + bit % 3).join(glue);
    case 'repeat': return lines.toSpliced(j, 0, lines[i] ?? '').join(glue);
    case 'swap': return lines.with(i, lines[j] ?? '').with(j, lines[i] ?? '').join(glue);
    case 'move': return lines.toSpliced(i, 1).toSpliced(j, 0, lines[i] ?? '').join(glue);
    case 'cut': return text.slice(0, place);
    case 'splice': { const from = others[bit % others.length] ?? ''; return text.slice(0, place) + from.slice(to % Math.max(1, from.length)); }
    case 'insert': return bit % 2 === 0 ? put(one?.index ?? 0, 0, `${strange} `) : lines.toSpliced(i, 0, strange).join(glue);
    case 'drop-word': return one === undefined ? text : put(one.index, one[0].length + 1, '');
    case 'copy-word': return one === undefined || other === undefined ? text : put(other.index, 0, `${one[0]} `);
    case 'replace-word': return one === undefined || other === undefined ? text : put(one.index, one[0].length, other[0]);
    case 'digit': return put(place, 0, String(bit % 10));
    case 'quote': return put(place, 0, ['"', "'", '\\', '!', '#', '-', '.', '/'][bit % 8] ?? '');
    case 'blank': return put(place, 0, [' ', '  ', '\t', '\n', '\r\n', '\u00a0'][bit % 6] ?? '');
    case 'gut': return text.slice(0, place) + text.slice(Math.min(text.length, place + to % 400));
  }
}
