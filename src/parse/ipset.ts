/**
 * `ipset save` as data (ipset(8)). Nothing is lost: printSets(parseSets(text)) is text; options that are not told apart here stay
 * as they stood, and a line of another form is named in `strange`.
 */
export interface IpSets {
  readonly sets: ReadonlyMap<string, IpSet>;
  /** Lines that are neither `create` nor `add`, or add to a set that was not created. */
  readonly strange: readonly string[];
  /** All lines in order, for printing. */
  readonly lines: readonly Line[];
}

type Line = {readonly set: IpSet} | {readonly member: Member; readonly of: string} | {readonly text: string};

export interface IpSet {
  readonly name: string;
  /** `hash:ip,port`, `bitmap:port`, `list:set`, … */
  readonly type: string;
  /** What follows the type: `family inet hashsize 1024 …`. */
  readonly options: readonly string[];
  readonly members: readonly Member[];
}

export interface Member {
  /** As written: `10.96.0.1,tcp:443`. */
  readonly element: string;
  /** `timeout 30`, `nomatch`, `comment "…"`, …; with the blank before it, or empty. */
  readonly options: string;
}

export function parseSets(text: string): IpSets {
  const sets = new Map<string, IpSet & {members: Member[]}>();
  const lines: Line[] = [];
  const strange: string[] = [];
  for (const raw of text.split('\n')) {
    const [, name = '', type = '', rest = ''] = /^create (\S+) (\S+)((?: \S+)*)$/.exec(raw) ?? [];
    const [, of = '', element = '', options = ''] = /^add (\S+) (\S+)( .*)?$/.exec(raw) ?? [];
    const into = sets.get(of);
    if (name !== '' && !sets.has(name)) {
      const set = {name, type, options: rest.split(' ').slice(1), members: []};
      sets.set(name, set);
      lines.push({set});
    } else if (into !== undefined) {
      const member = {element, options};
      into.members.push(member);
      lines.push({member, of});
    } else {
      if (raw !== '') strange.push(raw);
      lines.push({text: raw});
    }
  }
  return {sets, strange, lines};
}

export function printSets(all: IpSets): string {
  return all.lines.map(line => ('text' in line ? line.text : 'set' in line ? ['create', line.set.name, line.set.type, ...line.set.options].join(' ') : `add ${line.of} ${line.member.element}${line.member.options}`)).join('\n');
}
