/** What GitHub's runner does with a job's output, by its own rules for `::name key=value,…::data`, and for the older `##[name key=value;…]data`. */
export interface RunnerCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

const known = new Set(['error', 'warning', 'notice', 'debug', 'group', 'endgroup', 'add-mask', 'stop-commands', 'set-output', 'save-state', 'set-env', 'add-path', 'echo', 'add-matcher', 'remove-matcher']);

/** The commands in what was printed, and the lines that are none. */
export function runnerReads(output: string): {readonly commands: RunnerCommand[]; readonly lines: string[]} {
  const commands: RunnerCommand[] = [];
  const lines: string[] = [];
  for (const line of output.split(/\r\n|\r|\n/).filter(each => each !== '')) {
    const read = newer(line) ?? older(line);
    if (read === null) lines.push(line);
    else commands.push(read);
  }
  return {commands, lines};
}

function newer(line: string): RunnerCommand | null {
  const text = line.trimStart();
  const end = text.indexOf('::', 2);
  if (!text.startsWith('::') || end < 0) return null;
  return commandOf(text.slice(2, end), text.slice(end + 2), ',', {'%0D': '\r', '%0A': '\n', '%3A': ':', '%2C': ',', '%25': '%'}, {'%0D': '\r', '%0A': '\n', '%25': '%'});
}

function older(line: string): RunnerCommand | null {
  const start = line.indexOf('##[');
  const end = line.indexOf(']', start);
  if (start < 0 || end < 0) return null;
  const escapes = {'%3B': ';', '%0D': '\r', '%0A': '\n', '%5D': ']', '%25': '%'};
  return commandOf(line.slice(start + 3, end), line.slice(end + 1), ';', escapes, escapes);
}

function commandOf(head: string, data: string, separator: string, inProperties: Readonly<Record<string, string>>, inData: Readonly<Record<string, string>>): RunnerCommand | null {
  const [name = ''] = head.split(' ', 1);
  if (!known.has(name)) return null;
  const pairs = head.slice(name.length).trim().split(separator).map(pair => pair.split(/=(.*)/s)).filter(([key, value]) => key !== '' && value !== undefined && value !== '');
  return {name, properties: Object.fromEntries(pairs.map(([key = '', value = '']) => [key, unescaped(value, inProperties)])), data: unescaped(data, inData)};
}

/** In this order, one after the other. */
function unescaped(text: string, escapes: Readonly<Record<string, string>>): string {
  return Object.entries(escapes).reduce((sum, [from, to]) => sum.replaceAll(from, to), text);
}
