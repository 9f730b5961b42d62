import type {Libc} from '../model/resolver/libc.ts';
import type {SettingNote} from '../model/resolver/setting-note.ts';
import type {ResolvConf} from '../parse/resolv-conf.ts';
import type {ResolveNote} from './resolve-report.ts';

/** What a libc leaves out of a resolv.conf, or takes in another way than it was meant, in words. */
export function noteOf(note: SettingNote, {kind}: Libc): ResolveNote {
  const who = kind === 'busybox' ? 'nslookup' : kind;
  return {code: note.note, message: text(note, who)};
}

function text(note: SettingNote, who: string): string {
  switch (note.note) {
    case 'nameservers-cut': return `${who} takes ${note.limit} name servers; never asked: ${note.cut.join(', ')}`;
    case 'search-cut': return `${who} takes ${{domains: '6 domains', characters: '255 characters', line: 'one line'}[note.limit]} of the search list; left out: ${note.cut.join(', ')}`;
    case 'line-skipped': return `line ${note.line} has ${note.length} characters: ${who} skips lines of more than 254, whatever they say`;
    case 'capped': return `${note.option}:${note.given} is taken as ${note.option}:${note.used}`;
    case 'nameserver-unusable': return `line ${note.line}: “${note.address}” is no address${who === 'nslookup' ? ', and nslookup ends there' : ''}`;
    case 'options-not-followed': return `${who} does not follow ${note.options.join(', ')}`;
    case 'line-not-read': return `line ${note.line} starts with a blank: ${who} does not read it`;
    case 'domain-ignored': return `line ${note.line}: nslookup ignores domain after search`;
    case 'search-of-host-name': return `there is no search list: ${who} takes the domain part of the host's own name, if it has one`;
    case 'no-nameserver': return `there is no name server that ${who} could use: it asks 127.0.0.1`;
    case 'nothing-sent': return `with ${note.option}:0 ${who} sends nothing`;
    case 'dies-of-attempts': return 'with attempts:0 musl divides by zero: the program dies of SIGFPE';
  }
}

/** Lines that say nothing to any libc, or something else than it seems. */
export function notesOnLines({strange}: ResolvConf): ResolveNote[] {
  return strange.flatMap(({line, text, why}): ResolveNote[] => {
    switch (why) {
      case 'keyword': return [{code: 'line-unknown', message: `line ${line} is not understood: ${text.slice(0, 100)}`}];
      case 'nothing-given': return [{code: 'line-empty', message: `line ${line} names nothing: ${text}`}];
      case 'inline-comment': return [{code: 'inline-comment', message: `line ${line}: a comment has its own line; here its words are taken for what the line is about`}];
      default: return []; // the notes on the libc say it
    }
  });
}
