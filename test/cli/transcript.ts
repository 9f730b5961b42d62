import {spawn} from 'node:child_process';
import {chmod, copyFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {parse} from 'yaml';
import {gate} from '../../src/cluster/live/gate.ts';
import {saveRecording} from '../../src/cluster/recording/file.ts';
import {Recorder} from '../../src/cluster/recording/recorder.ts';
import type {Recording} from '../../src/cluster/recording/recording.ts';
import {diagnoseCase} from '../cases/case.ts';
import {type Change, recordingOf, worldOf} from '../cases/world.ts';

/** Each command is a process of its own. */
const turn = gate(4);

const root = new URL('../../', import.meta.url).pathname;

/** Puts into a folder what the commands of transcripts find there: `kdiag` itself, healthy.kdiag, dns.kdiag, which holds what `kdiag dns` asks, and check.kdiag and check-broken.kdiag, what `kdiag check` does. */
export async function furnish(folder: string): Promise<void> {
  await writeFile(join(folder, 'kdiag'), `#!/bin/sh\nexec '${process.execPath}' '${root}bin/dev.js' "$@"\n`);
  await chmod(join(folder, 'kdiag'), 0o755);
  await saveRecording(join(folder, 'healthy.kdiag'), recordingOf([]));
  await copyFile(new URL('../cases/healthy-dns.kdiag', import.meta.url), join(folder, 'dns.kdiag'));
  for (const [name, file] of [['check', 'healthy'], ['check-broken', 'three-unrelated-faults']] as const) await copyFile(new URL(`../replays/check/${file}.kdiag`, import.meta.url), join(folder, `${name}.kdiag`));
}

/**
 * Runs every `$ …` line of the file's `console` blocks in `folder`, and gives the file as it should be: below each line its
 * stdout, its stderr with `2> ` before each line, and `exit N`. A block ```` ```yaml NAME ```` makes a recording of that name: the
 * healthy world with these changes; with ` dns`, perhaps `name=` and `from=`, behind NAME, of what `kdiag dns` asks there. A block
 * ```` ```text NAME ```` makes a file.
 */
export async function replayed(text: string, folder: string): Promise<string> {
  const parts = text.split(/^(```[^\n]*\n[^]*?^```$)/m);
  for (const [, kind, name = '', asked, body = ''] of parts.map(part => /^```(yaml|text) (\S+)( dns[^\n]*)?\n([^]*?)```$/.exec(part) ?? [])) {
    if (kind === 'yaml') await saveRecording(join(folder, name), asked === undefined ? await recorded(parse(body) as Change[]) : await recordedDns((parse(body) ?? []) as Change[], asked), {force: true});
    if (kind === 'text') await writeFile(join(folder, name), body);
  }
  const done = await Promise.all(parts.map(async part => {
    if (!part.startsWith('```console\n')) return part;
    const commands = part.split('\n').filter(line => line.startsWith('$ '));
    return `\`\`\`console\n${(await Promise.all(commands.map(command => turn(() => run(command, folder))))).join('\n')}\`\`\``;
  }));
  return done.join('');
}

/** A denial is recorded word by word, as it came: only a run that met it knows what was denied. */
async function recorded(changes: readonly Change[]): Promise<Recording> {
  if (!changes.some(change => 'deny' in change)) return recordingOf(changes);
  const recorder = new Recorder(worldOf(changes), '0.0.0');
  await diagnoseCase({}, recorder);
  return recorder.contents();
}

async function recordedDns(changes: readonly Change[], asked: string): Promise<Recording> {
  const recorder = new Recorder(worldOf(changes, 'healthy-dns'), '0.0.0');
  const [name, from] = ['name', 'from'].map(key => new RegExp(` ${key}=(\\S+)`).exec(asked)?.[1]);
  await diagnoseCase({ask: 'dns', ...(name === undefined ? {} : {name}), ...(from === undefined ? {} : {from})}, recorder);
  return recorder.contents();
}

async function run(line: string, folder: string): Promise<string> {
  const child = spawn('bash', ['-o', 'pipefail', '-c', line.slice(2)], {
    cwd: folder, stdio: ['ignore', 'pipe', 'pipe'],
    // Nothing of the developer's own may show: no cluster, no colours, no width of a terminal
    // Compiled once for all commands of a transcript: half of the time is saved
    env: {PATH: `${folder}:${process.env['PATH']}`, HOME: folder, KUBECONFIG: join(folder, 'none'), LANG: 'C.UTF-8', NODE_COMPILE_CACHE: join(folder, '.cache')},
  });
  const out = {stdout: '', stderr: ''};
  child.stdout.setEncoding('utf8').on('data', (text: string) => { out.stdout += text; });
  child.stderr.setEncoding('utf8').on('data', (text: string) => { out.stderr += text; });
  const code = await new Promise<number | null>(resolve => { child.on('close', resolve); });
  const marked = shown(out.stderr, folder).split('\n').filter((each, i, all) => each !== '' || i < all.length - 1).map(each => `2> ${each}\n`).join('');
  return `${line}\n${shown(out.stdout, folder)}${marked}exit ${code}\n`;
}

/** What differs from one machine to the next is left out; an escape character, which an editor would hide, is shown as ␛. */
function shown(text: string, folder: string): string {
  return text.replaceAll(folder, '~').replaceAll('\u001b', '␛').replace(/\b\w+-\w+ node-v\d+\.\d+\.\d+/g, 'PLATFORM NODE').replace(/[ \t]+$/gm, '').replace(/"ms": [\d.]+/g, '"ms": 0');
}
