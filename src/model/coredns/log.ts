import {type LogCause, type LogLine, readLine} from './log-line.ts';

/** What the log of a CoreDNS container says of its newest run. */
export interface CoreDnsLog {
  /** `1.14.2`; null: the banner is not in it. */
  readonly version: string | null;
  /** What it said it serves when it started: `.:53`, `cluster.local.:53 on 169.254.20.10`. Empty: it did not come so far, or that is cut off. */
  readonly serves: readonly string[];
  readonly findings: readonly LogFinding[];
}

export interface LogFinding {
  readonly cause: LogCause;
  readonly count: number;
  /** How many lines of any kind follow the last that says so: CoreDNS does not log that a trouble is over. */
  readonly linesAfter: number;
  /** Raw: the first ones, and the last. */
  readonly lines: readonly string[];
  /** Of failed questions, most frequent first. */
  readonly types: readonly {readonly type: string; readonly count: number}[];
  /** Some of the names asked, each once, in the order of the log. */
  readonly names: readonly string[];
}

const [mostLines, mostNames] = [3, 5];
const stamp = /^(?:\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)|\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d)\s+/;
const banner = /^CoreDNS-(\S+)/;
const zone = /^(?:(?:dns|tls|quic|grpc|https3?):\/\/)?\S+\.:\d+(?: on \S+)?$|^\.:\d+(?: on \S+)?$/;

/**
 * Only the newest run counts, and of it what follows the last reload that was carried out: what an earlier configuration met says
 * nothing of this one. Runs are told apart by what a start or an end leaves in the log; time stamps are not needed.
 */
export function readCoreDnsLog(text: string): CoreDnsLog {
  const raw = text.split('\n').map(line => line.trimEnd()).filter(line => line !== '');
  const all = raw.map(line => line.replace(stamp, '').replace(stamp, ''));
  const from = newestRun(all);
  const lines = all.slice(from);
  const read = lines.map(readLine);
  const serving = Math.max(lines.findLastIndex(line => zone.test(line)), lines.findLastIndex(line => banner.test(line)));
  const groups = new Map<string, {cause: LogCause; at: number[]; read: LogLine[]}>();
  for (const [i, line] of read.entries()) {
    if (line === null || over(line.cause, i, serving)) continue;
    const key = JSON.stringify(kindOf(line.cause));
    const group = groups.get(key) ?? {cause: line.cause, at: [], read: []};
    groups.set(key, group);
    group.cause = line.cause;
    group.at.push(i);
    group.read.push(line);
  }
  const started = all.findLast(line => banner.test(line));
  return {
    version: banner.exec(started ?? '')?.[1] ?? null,
    serves: [...new Set(all.slice(runStart(all)).filter(line => zone.test(line)))],
    findings: [...groups.values()].map(({cause, at, read}) => ({
      cause,
      count: at.length,
      linesAfter: lines.length - 1 - at.at(-1)!,
      lines: (at.length > mostLines ? [...at.slice(0, mostLines - 1), at.at(-1)!] : at).map(i => raw[from + i]!),
      types: counted(read.flatMap(({question}) => (question === null ? [] : [question.type]))),
      names: [...new Set(read.flatMap(({question}) => (question === null ? [] : [question.name])))].slice(0, mostNames),
    })),
  };
}

/** Waiting for the API is what every start does; it is over once the server serves. */
function over(cause: LogCause, at: number, serving: number): boolean {
  return cause.cause === 'api-not-synced' && cause.state === 'waiting' && at < serving;
}

/** Details that differ from line to line do not make another cause. */
function kindOf(cause: LogCause): unknown {
  switch (cause.cause) {
    case 'loop': return [cause.cause, cause.zone];
    case 'slow': case 'panic': case 'consolidated': return [cause.cause, 'pattern' in cause ? cause.pattern : null];
    case 'upstream-failed': case 'loop-probe-failed': return [cause.cause, cause.upstream, cause.protocol, cause.reason];
    case 'apiserver-unreachable': return [cause.cause, cause.address, cause.reason];
    default: return cause;
  }
}

function counted(all: readonly string[]): {type: string; count: number}[] {
  const counts = new Map<string, number>();
  for (const each of all) counts.set(each, (counts.get(each) ?? 0) + 1);
  return [...counts].map(([type, count]) => ({type, count})).sort((a, b) => b.count - a.count);
}

/** Where the newest run begins, or its last reload that was carried out. */
function newestRun(lines: readonly string[]): number {
  const start = runStart(lines);
  const done = lines.findLastIndex(line => line === '[INFO] Reloading complete');
  return done < start ? start : Math.max(start, lines.slice(0, done).findLastIndex(line => line === '[INFO] Reloading'));
}

function runStart(lines: readonly string[]): number {
  let start = 0;
  let [ended, banners] = [false, false];
  for (const [i, line] of lines.entries()) {
    // a start says where it serves, and then its version; before that, releases since 1.11 say how many CPUs they take
    const again = banners && (zone.test(line) || banner.test(line));
    if (line.startsWith('maxprocs: ') || ended || again) [start, banners] = [i, false];
    if (banner.test(line)) banners = true;
    ended = line.startsWith('[FATAL] ') || fatal(line);
  }
  return start;
}

function fatal(line: string): boolean {
  const cause = line.startsWith('[') ? undefined : readLine(line)?.cause;
  return cause !== undefined && (cause.cause === 'corefile-refused' || cause.cause === 'no-api-credentials' || (cause.cause === 'cannot-listen' && cause.fatal));
}
