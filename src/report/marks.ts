import type {Outcome, Status} from '../diagnose/report.ts';
import type {Style} from './style.ts';

/** One column each on every terminal. */
export const glyphOf: Readonly<Record<Outcome | Status, string>> = {
  pass: '✔', healthy: '✔',
  fail: '✘', broken: '✘',
  warn: '!', degraded: '!',
  unknown: '?', crashed: '?',
  skipped: '-',
};

export function paintOf(outcome: Outcome | Status, style: Style): (text: string) => string {
  switch (outcome) {
    case 'pass': case 'healthy': return style.good;
    case 'fail': case 'broken': return style.bad;
    case 'skipped': return style.faint;
    default: return style.caution;
  }
}
