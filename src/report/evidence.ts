import type {ReportedFinding} from '../diagnose/report.ts';

/** What was read at one place after the other, together. */
export function bySource(evidence: ReportedFinding['evidence']): {readonly from: string; readonly texts: readonly string[]}[] {
  const groups: {from: string; texts: string[]}[] = [];
  for (const {from, text} of evidence) {
    const last = groups.at(-1);
    if (last?.from === from) last.texts.push(text);
    else groups.push({from, texts: [text]});
  }
  return groups;
}
