import {setTimeout as delay} from 'node:timers/promises';
import type {Report} from '../report.ts';

/** Examines until all is well, for so many seconds at the most; gives the last report. `onWaiting` is told what is still wrong, once each. `pause`: milliseconds between two examinations. */
export async function untilWell(examine: () => Promise<Report>, seconds: number, isWell: (report: Report) => boolean, onWaiting: (summary: string) => void, pause = 5_000): Promise<Report> {
  const end = performance.now() + seconds * 1000;
  let report = await examine();
  for (let told = ''; !isWell(report) && performance.now() + pause < end; report = await examine()) {
    const {summary} = report.verdict;
    if (summary !== told) onWaiting(summary);
    told = summary;
    await delay(pause);
  }
  return report;
}
