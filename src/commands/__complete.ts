import {Command} from '@oclif/core/command';
import {type Candidate, type Described, type Wanted, wantedFor} from '../cli/complete/command-line.ts';
import {namesOf} from '../cli/complete/names.ts';

/** Milliseconds: so long a person waits for a key; on a slow line perhaps longer. */
const patience = Number(process.env['KDIAG_COMPLETION_MS'] ?? 1500);

/** What the shells' scripts ask, and kubectl. It never fails and never says why: whoever pressed the key is typing. */
export default class Complete extends Command {
  static override summary = "Answer a shell's completion";
  static override hidden = true;
  static override strict = false;

  async run(): Promise<void> {
    const words = this.argv[0] === '--' ? this.argv.slice(1) : this.argv;
    const wanted = wantedFor(this.config.commands as unknown as readonly Described[], words);
    const current = words.at(-1) ?? '';
    const candidates = [...wanted.candidates, ...(await named(wanted))].map(each => ({...each, value: `${wanted.before}${each.value}`})).filter(({value}) => value.startsWith(current));
    process.stdout.write(`${candidates.map(line).join('')}:${wanted.files ? 0 : 4}\n`);
    // a request that nobody waits for any more must not hold the prompt
    process.stdout.end(() => process.exit(0));
  }

  protected override async catch(): Promise<void> {
    process.stdout.write(':4\n');
  }
}

async function named({names, given}: Wanted): Promise<readonly Candidate[]> {
  const enough = AbortSignal.timeout(patience);
  const late = new Promise<readonly string[]>(resolve => { enough.addEventListener('abort', () => resolve([]), {once: true}); });
  const lists = await Promise.all(names.map(({source}) => Promise.race([namesOf(source, given, enough).catch(() => []), late])));
  return names.flatMap(({before}, index) => lists[index]!.map(name => ({value: `${before}${name}`})));
}

function line({value, about}: Candidate): string {
  return `${value}${about === undefined ? '' : `\t${about.replace(/\s+/g, ' ')}`}\n`;
}
