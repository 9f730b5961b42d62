import {programs} from './programs.ts';

/** Of Go's names for architectures (a Node's `status.nodeInfo.architecture`), those that kdiag's probe was made for. */
export type Architecture = keyof typeof programs;

export function hasProgram(architecture: string): architecture is Architecture {
  return Object.hasOwn(programs, architecture);
}

/** Exit status of `installing` when no folder takes a program, or none may be run from there. */
export const notInstalled = 97;

/**
 * Shell that writes kdiag's probe into a file of the container that it runs in, and its path into `P`. Only for kdiag's own debug pods:
 * there it stays, for what is asked next, until the pod goes. It needs `sh` and either `chmod` or `cp` (a copy of the shell has the
 * mode that a program needs). /dev/shm comes last: runtimes mount it noexec. Exit status 2 is what the probe says without arguments.
 * `root` is for tests. At the same time it may run twice: the path is noted only when the program is whole.
 */
export function installing(architecture: Architecture, root = ''): string {
  const folders = ['/tmp', '/var/tmp', '/run', '', '/dev/shm'].map(folder => `"${root}${folder}"`).join(' ');
  const note = `"${root}/tmp/.kdiag.probe"`;
  return [
    `P=; { read -r P < ${note}; } 2>/dev/null; if [ ! -x "$P" ]; then`,
    `E=$(printf '\\\\%s' ${escaped(Buffer.from(programs[architecture], 'base64'))})`,
    `P=; for f in ${folders}; do f=$f/.kdiag.$$; { true > "$f"; } 2>/dev/null || continue`, // true, not ":": a shell may end when a special built-in cannot write
    'chmod 700 "$f" 2>/dev/null || { rm -f "$f"; f=$f.sh; cp /bin/sh "$f"; } 2>/dev/null', // a file that is there would keep its mode
    '{ printf "$E" > "$f"; } 2>/dev/null && "$f" 2>/dev/null; if [ $? = 2 ]; then P=$f; break; fi; rm -f "$f" 2>/dev/null; done',
    `if [ -z "$P" ]; then echo "no folder there takes a program that may be run" >&2; exit ${notInstalled}; fi`,
    `{ echo "$P" > ${note}; } 2>/dev/null; fi`,
  ].join('\n');
}

/**
 * Bytes as words for `printf '\\%s'`, which makes the escapes `\DDD` of them for another printf. Each word is an octal number and what
 * stands for itself behind it: as short as possible once it is in a URL, where a backslash would take three characters.
 */
function escaped(bytes: Buffer): string {
  let words = '';
  bytes.forEach((byte, index) => {
    const self = String.fromCharCode(byte);
    if (index > 0 && /[A-Za-z_.-]/.test(self)) words += self;
    else words += ` ${byte.toString(8)}`;
  });
  return words.slice(1);
}
