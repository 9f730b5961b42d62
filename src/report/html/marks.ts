import type {Outcome, Report, ReportedFinding, Status} from '../../diagnose/report.ts';
import {glyphOf} from '../marks.ts';
import {html, type Markup} from './markup.ts';

/** What a colour stands for; it is never told by the colour alone. */
export type Tone = 'good' | 'bad' | 'caution' | 'open' | 'faint';

export const toneOf: Readonly<Record<Outcome | Status, Tone>> = {
  pass: 'good', healthy: 'good',
  fail: 'bad', broken: 'bad',
  warn: 'caution', degraded: 'caution',
  unknown: 'open', crashed: 'open',
  skipped: 'faint',
};

export const levelTone: Readonly<Record<ReportedFinding['level'], Tone>> = {error: 'bad', warning: 'caution', info: 'faint'};

/** In words, for who does not see the glyph. */
export const wordOf: Readonly<Record<Outcome, string>> = {pass: 'yes', fail: 'no', warn: 'not quite', unknown: 'could not tell', crashed: 'could not tell', skipped: 'skipped'};

type State = NonNullable<Report['services']>[number]['state'];
const stateMarks: Readonly<Record<State, Outcome>> = {works: 'pass', degraded: 'warn', broken: 'fail', unknown: 'unknown'};
export const outcomeOf = (state: State): Outcome => stateMarks[state];

export function mark(outcome: Outcome | Status, word: string): Markup {
  return html`<span class="mark ${toneOf[outcome]}"><span aria-hidden="true">${glyphOf[outcome]}</span><span class="unseen">${word}: </span></span>`;
}

/** Worst first. */
const grave: readonly Outcome[] = ['fail', 'crashed', 'unknown', 'warn', 'pass', 'skipped'];
export function worstOf(outcomes: readonly Outcome[]): Outcome {
  return grave.find(outcome => outcomes.includes(outcome)) ?? 'skipped';
}

export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;
