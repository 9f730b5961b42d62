import type {PlaceReading} from '../../cluster/cluster.ts';
import type {Libc} from '../resolver/libc.ts';

/** One resolver code that programs at a place use. */
export interface KnownLibc {
  readonly libc: Libc;
  /** How it was recognised: `/lib/ld-musl-x86_64.so.1`. */
  readonly seen: string;
  /** False: nothing there says which, and glibc's order stands for it. */
  readonly sure: boolean;
}

/**
 * From the program that runs there, else from the C libraries of its file system. busybox has nslookup as an applet that asks by
 * itself, and its other applets ask as the libc inside. Not handled: Go's own resolver (its order is that of glibc), uClibc.
 */
export function libcsOf(reading: PlaceReading | null): KnownLibc[] {
  const unsure: KnownLibc = {libc: {kind: 'glibc', version: null}, seen: 'nothing there tells which libc it is', sure: false};
  if (reading === null) return [unsure];
  const program = reading.sections['pid']?.exit === 0 ? reading.sections['pid'].stdout.trim().split('\n').at(-1) ?? '' : '';
  const files = reading.sections['libc']?.exit === 0 ? reading.sections['libc'].stdout.split('\n').filter(line => line !== '') : [];
  const seen = [program, ...files];
  const of = (kind: Libc['kind'], pattern: RegExp): KnownLibc[] => seen.filter(line => pattern.test(line)).slice(0, 1).map(line => ({libc: {kind, version: null}, seen: line, sure: true}));
  const running = [...of('musl', /interpreter \S*ld-musl|static\b.* musl/), ...of('glibc', /interpreter \S*ld-linux|static\b.* glibc/)].find(each => each.seen === program);
  const found = running ?? of('musl', /ld-musl|static\b.* musl/)[0] ?? of('glibc', /libc\.so\.6|ld-linux|static\b.* glibc/)[0];
  const busybox = seen.find(line => /(^|\/|\s)busybox(\s|$)/.test(line));
  return [found ?? unsure, ...(busybox === undefined ? [] : [{libc: {kind: 'busybox' as const, version: null}, seen: busybox, sure: true}])];
}
