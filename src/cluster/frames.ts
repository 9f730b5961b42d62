import type {Section} from './cluster.ts';
import {type Answer, known, unknown} from './answer.ts';

const magic = 'kdiag-reading/1';

/**
 * A script that runs every command in one exec, for any POSIX shell. Answer: a line `kdiag-reading/1 gzip|plain`, then
 * (compressed where gzip is there) frames, each line of which starts with `mark`, and at last `MARK complete`.
 * `mark` must be a string that the node's own texts cannot contain: a random one per run. `prelude` is shell that stands before
 * the commands (functions that they use) and prints nothing; `commands` is section name → shell.
 */
export function framedScript(mark: string, prelude: readonly string[], commands: Readonly<Record<string, string>>): string {
  const sections = Object.entries(commands).map(([name, command]) => `section ${name} '${command.replaceAll("'", `'\\''`)}'`);
  return [
    `M=${mark}`,
    ...prelude,
    // stdout goes straight to the answer (fd 3), stderr into a variable: both are kept, apart, without a temporary file
    'section() { printf "%s begin %s\\n" "$M" "$1"; e=$( { eval "$2" >&3; } 2>&1 ); r=$?; printf "\\n%s stderr %s\\n%s\\n%s end\\n" "$M" "$r" "$e" "$M"; }',
    'all() { exec 3>&1',
    ...sections,
    'printf "%s complete\\n" "$M"; }',
    `if command -v gzip >/dev/null 2>&1; then echo "${magic} gzip"; all | gzip -1 -c; else echo "${magic} plain"; all; fi`,
  ].join('\n');
}

/** Splits the first line off the answer: how the rest is encoded, or null when this is no reading at all. */
export function frameEncoding(answer: Uint8Array): {readonly encoding: 'gzip' | 'plain'; readonly body: Uint8Array} | null {
  const end = answer.indexOf(0x0a);
  const line = Buffer.from(answer.subarray(0, Math.max(0, end))).toString('latin1');
  if (line !== `${magic} gzip` && line !== `${magic} plain`) return null;
  return {encoding: line.endsWith('gzip') ? 'gzip' : 'plain', body: answer.subarray(end + 1)};
}

/** Frames → sections, one for each command. An answer without its end mark is `truncated`, never half of one. */
export function parseFrames(text: string, mark: string, commands: Readonly<Record<string, string>>): Answer<Readonly<Record<string, Section>>> {
  if (!text.endsWith(`${mark} complete\n`)) return unknown('truncated', `the node's answer ended after ${text.length} characters without its end mark`);
  const sections: Record<string, Section> = {};
  const [begin, errors, end] = [`${mark} begin `, `\n${mark} stderr `, `\n${mark} end\n`];
  for (let from = 0; ;) {
    const at = text.indexOf(begin, from) + begin.length;
    const body = text.indexOf('\n', at) + 1;
    const split = text.indexOf(errors, body - 1);
    const said = text.indexOf('\n', split + errors.length);
    const close = text.indexOf(end, said);
    if (at < begin.length || body === 0 || split < 0 || said < 0 || close < 0) break;
    const name = text.slice(at, body - 1);
    sections[name] = {command: commands[name] ?? name, stdout: text.slice(body, Math.max(body, split)), stderr: text.slice(said + 1, close), exit: Number(text.slice(split + errors.length, said))};
    from = close + end.length;
  }
  const missing = Object.keys(commands).filter(name => !(name in sections));
  if (missing.length > 0) return unknown('truncated', `the node's answer lacks ${missing.join(', ')}`);
  return known(sections);
}
