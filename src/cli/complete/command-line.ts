import {formats} from '../outputs.ts';

/** What oclif knows of a command, as far as it matters here. */
export interface Described {
  readonly id: string;
  readonly summary?: string | undefined;
  readonly hidden?: boolean | undefined;
  readonly flags: Readonly<Record<string, FlagOf>>;
  readonly args: Readonly<Record<string, {readonly name: string; readonly options?: readonly string[] | undefined}>>;
}

export interface FlagOf {
  readonly name: string;
  readonly type: 'boolean' | 'option';
  readonly char?: string | undefined;
  readonly description?: string | undefined;
  readonly options?: readonly string[] | undefined;
  readonly helpValue?: string | readonly string[] | undefined;
  readonly hidden?: boolean | undefined;
  readonly multiple?: boolean | undefined;
}

export interface Candidate {
  readonly value: string;
  readonly about?: string;
}

/** Where the names of a cluster's objects, or of a kubeconfig, would come from. */
export type Source = 'contexts' | 'namespaces' | 'services' | 'nodes' | 'pods' | 'codes' | 'demos';

/** What may stand where the cursor is. */
export interface Wanted {
  readonly candidates: readonly Candidate[];
  /** Names, each with what stands before it there: `node/`. */
  readonly names: readonly {readonly source: Source; readonly before: string}[];
  /** Names of files as well. */
  readonly files: boolean;
  /** The word up to where the value begins: `--output=`, or nothing. */
  readonly before: string;
  /** Flags with a value that the line has so far: which cluster and namespace is meant. */
  readonly given: Readonly<Record<string, string>>;
}

const nothing: Wanted = {candidates: [], names: [], files: false, before: '', given: {}};

/** Flag of any command → names. */
const sourcesOfFlag: Readonly<Record<string, Wanted['names']>> = {
  context: [{source: 'contexts', before: ''}],
  namespace: [{source: 'namespaces', before: ''}],
  'debug-namespace': [{source: 'namespaces', before: ''}],
  from: [{source: 'nodes', before: 'node/'}, {source: 'pods', before: 'pod/'}],
  to: [{source: 'services', before: 'svc/'}],
  nodes: [{source: 'nodes', before: ''}],
};

/** Command and argument → names. */
const sourcesOfArgument: Readonly<Record<string, Source>> = {'svc service': 'services', 'node node': 'nodes', 'pod pod': 'pods', 'explain code': 'codes', 'demo name': 'demos'};

/** Arguments that are no files; every other one that is not known here may be one. */
const freeArguments = new Set(['name', ...Object.keys(sourcesOfArgument).map(key => key.split(' ')[1] ?? '')]);

/** The words behind `kdiag`, the last one being the one under the cursor, perhaps empty. */
export function wantedFor(commands: readonly Described[], words: readonly string[]): Wanted {
  const before = words.slice(0, -1);
  const current = words.at(-1) ?? '';
  const found = commandOf(commands, before);
  if (found === null) return {...nothing, candidates: nextWords(commands, before)};
  const {command, rest} = found;
  const split = rest.indexOf('--');
  // what follows -- is a command line of kdiag's own
  if (split >= 0) return command.id.startsWith('manifest:') ? wantedFor(commands, [...rest.slice(split + 1), current]) : nothing;
  const {given, positional, open} = read(command, rest);
  const [, long = '', start] = /^--([^=]+)(=)/.exec(current) ?? [];
  const flag = open ?? (start === undefined ? undefined : command.flags[long]);
  if (flag !== undefined) return {...valuesOf(flag), before: open === undefined ? `--${long}=` : '', given};
  if (current.startsWith('-')) return {...nothing, candidates: flagsOf(command, rest)};
  return {...argumentAt(command, positional), given};
}

/** The command that the words begin with, and what follows it. Null: there is none yet. */
function commandOf(commands: readonly Described[], words: readonly string[]): {readonly command: Described; readonly rest: readonly string[]} | null {
  for (const length of [2, 1]) {
    const command = words.length < length ? undefined : commands.find(({id}) => id === words.slice(0, length).join(':'));
    if (command !== undefined) return {command, rest: words.slice(length)};
  }
  return null;
}

/** Commands, and first words of such as have two. */
function nextWords(commands: readonly Described[], before: readonly string[]): readonly Candidate[] {
  const start = before.map(word => `${word}:`).join('');
  const next = new Map<string, string | undefined>();
  for (const {id, summary} of commands.filter(({hidden}) => hidden !== true)) {
    if (!id.startsWith(start)) continue;
    const [word = '', ...more] = id.slice(start.length).split(':');
    if (!next.has(word)) next.set(word, more.length > 0 ? undefined : summary);
  }
  return [...next].sort(([a], [b]) => (a < b ? -1 : 1)).map(([value, about]) => ({value, ...(about === undefined ? {} : {about})}));
}

/** Flags and arguments of the words; `open` is a flag whose value comes next. */
function read({flags}: Described, words: readonly string[]): {readonly given: Readonly<Record<string, string>>; readonly positional: number; readonly open: FlagOf | undefined} {
  const given: Record<string, string> = {};
  let positional = 0;
  let open: FlagOf | undefined;
  for (const word of words) {
    const [, long, , value] = /^--([^=]+)(=(.*))?$/s.exec(word) ?? [];
    const [, char, glued] = /^-([^-])(.*)$/s.exec(word) ?? [];
    if (open !== undefined) {
      given[open.name] = word;
      open = undefined;
    } else if (long !== undefined || char !== undefined) {
      const flag = long === undefined ? Object.values(flags).find(each => each.char === char) : flags[long];
      const own = long === undefined ? glued || undefined : value;
      if (flag?.type !== 'option') continue;
      if (own === undefined) open = flag;
      else given[flag.name] = own;
    } else positional++;
  }
  return {given, positional, open};
}

function valuesOf({name, options, helpValue}: FlagOf): Wanted {
  if (options !== undefined) return {...nothing, candidates: options.map(value => ({value}))};
  if (name === 'output' && helpValue !== 'FILE') return {...nothing, candidates: formats.map(value => ({value}))};
  return {...nothing, names: sourcesOfFlag[name] ?? [], files: name === 'kubeconfig' || helpValue === 'FILE'};
}

/** Those that are not there yet; a flag of one letter is not offered, as its long name says more. */
function flagsOf({flags}: Described, words: readonly string[]): readonly Candidate[] {
  const there = new Set(words.flatMap(word => [/^--([^=]+)/.exec(word)?.[1] ?? Object.values(flags).find(({char}) => char !== undefined && word.startsWith(`-${char}`))?.name ?? '']));
  return [...Object.values(flags).filter(({name, hidden, multiple}) => hidden !== true && (multiple === true || !there.has(name))).map(({name, description}) => ({value: `--${name}`, ...(description === undefined ? {} : {about: description})})), {value: '--help', about: 'show help'}]
    .sort((a, b) => (a.value < b.value ? -1 : 1));
}

function argumentAt({id, args}: Described, index: number): Wanted {
  const argument = Object.values(args)[index];
  if (argument === undefined) return nothing;
  if (argument.options !== undefined) return {...nothing, candidates: argument.options.map(value => ({value}))};
  const source = sourcesOfArgument[`${id} ${argument.name}`];
  return {...nothing, names: source === undefined ? [] : [{source, before: ''}], files: source === undefined && !freeArguments.has(argument.name)};
}
