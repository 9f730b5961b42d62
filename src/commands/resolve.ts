import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {commonFlags} from '../cli/flags.ts';
import {KdiagCommand} from '../cli/kdiag-command.ts';
import {printResolve} from '../cli/print-resolve.ts';
import {readText} from '../cluster/text-file.ts';
import {nameFault} from '../diagnose/dns-name.ts';
import {resolveOffline} from '../diagnose/resolve.ts';
import {KdiagError} from '../kdiag-error.ts';
import type {Libc} from '../model/resolver/libc.ts';
import {readName} from '../model/resolver/name.ts';

/** `glibc`, `musl-1.2.3`. */
function parseLibc(text: string): Libc {
  const [, kind, version] = /^(glibc|musl|busybox)(?:-(\d+(?:\.\d+){0,2}))?$/.exec(text) ?? [];
  if (kind === undefined) throw new Error(`“${text}” is no libc: write glibc, musl or busybox, with a version as in glibc-2.17 if it matters`);
  return {kind: kind as Libc['kind'], version: version ?? null};
}

export default class Resolve extends KdiagCommand {
  static override summary = 'Say which names a pod asks its DNS servers for, in which order, with that resolv.conf';
  static override description = `Works offline: it asks nobody, and reads nothing but FILE. Exit codes: 0 shown, 2 wrong command line, a name that cannot be asked
for, or a file that cannot be read.`;
  static override examples = [
    {command: 'kubectl exec web -- cat /etc/resolv.conf | <%= config.bin %> resolve example.com --resolv-conf -', description: 'What an external name costs a pod'},
    {command: '<%= config.bin %> resolve whoami.default --resolv-conf resolv.conf --libc musl', description: 'The same file, read by an Alpine image'},
  ];
  static override args = {name: Args.string({required: true, description: 'the name as a program would look it up; with a final dot no search list is used'})};
  static override flags = {
    'resolv-conf': Flags.string({required: true, description: "a pod's /etc/resolv.conf; - is stdin", helpValue: 'FILE'}),
    libc: Flags.custom<Libc>({parse: async text => parseLibc(text), default: async () => parseLibc('glibc'), defaultHelp: async () => 'glibc'})({description: "who asks: glibc, musl, or busybox (its nslookup); with a version as in glibc-2.17, else a recent one", helpValue: 'LIBC'}),
    type: Flags.option({options: ['A', 'AAAA', 'SRV', 'PTR', 'CNAME'] as const})({description: 'one record type; else A and AAAA, as getaddrinfo asks'}),
    output: Flags.option({char: 'o', options: ['text', 'json'] as const, default: 'text' as const})({description: 'form of the answer'}),
    'no-color': commonFlags['no-color'],
  };

  async run(): Promise<void> {
    const {args: {name: text}, flags} = await this.parse(Resolve);
    const name = readName(text);
    if ('fault' in name) throw new KdiagError(2, nameFault(text) ?? '', name.fault === 'not-ascii' && name.ascii !== null ? `Write ${name.ascii}` : undefined);
    const {libc} = flags;
    const file = flags['resolv-conf'];
    const command = {name: 'resolve', args: {name: text, 'resolv-conf': file, libc: `${libc.kind}${libc.version === null ? '' : `-${libc.version}`}`, ...(flags.type === undefined ? {} : {type: flags.type})}};
    await printResolve(resolveOffline(command, libc, await readText(file), {name, types: flags.type === undefined ? ['A', 'AAAA'] : [flags.type]}), flags.output, flags['no-color']);
  }
}
