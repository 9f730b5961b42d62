/** What a libc leaves out of a resolv.conf, or makes of it otherwise than written. */
export type SettingNote =
  /** More of them than this libc takes; what was left out. */
  | {readonly note: 'nameservers-cut'; readonly limit: number; readonly cut: readonly string[]}
  | {readonly note: 'search-cut'; readonly limit: 'domains' | 'characters' | 'line'; readonly cut: readonly string[]}
  /** The whole line is longer than musl reads (254 characters), and so it is as if it were not there. */
  | {readonly note: 'line-skipped'; readonly line: number; readonly length: number}
  /** A value that is lowered to the most that this libc knows. */
  | {readonly note: 'capped'; readonly option: string; readonly given: number; readonly used: number}
  | {readonly note: 'nameserver-unusable'; readonly address: string; readonly line: number}
  /** Options that another libc follows. */
  | {readonly note: 'options-not-followed'; readonly options: readonly string[]}
  /** Blanks before a keyword: the line is not read. */
  | {readonly note: 'line-not-read'; readonly line: number; readonly text: string}
  /** The search list is that of an earlier or later line than the manual page says. */
  | {readonly note: 'domain-ignored'; readonly line: number}
  /** No search list: the domain part of the host's own name would be taken, if it had one. */
  | {readonly note: 'search-of-host-name'}
  | {readonly note: 'no-nameserver'}
  | {readonly note: 'nothing-sent'; readonly option: string}
  /** musl divides the time by the attempts: with 0 the program dies of SIGFPE. */
  | {readonly note: 'dies-of-attempts'};
