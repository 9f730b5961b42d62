import {hostPort} from '../../src/model/ip.ts';
import {drawKinds, drawRuleSet, installing, type RuleSet} from './draw.ts';
import {expect, type Seen} from './expect.ts';
import {Calibration, complaint, describe, folded} from './judge.ts';
import {randomOf} from './random.ts';
import {openRig} from './rig.ts';
import {type Question, Volleys} from './volleys.ts';

export interface Disagreement {
  readonly seed: number;
  readonly ruleSet: RuleSet;
  readonly packet: string;
  readonly complaint: string;
  readonly expected: string;
  readonly seen: string;
}

export class Tally {
  packets = 0;
  ruleSets = 0;
  kinds = 0;
  random = 0;
  severalOrders = 0;
  again = 0;
  /** Not counted, because the machine was too busy. */
  late = 0;
  /** TCP connections of which only the first packet landed, or is known to have. */
  firstOnly = 0;
  /** Rule sets that the kernel, or its tool, would not take. */
  readonly refused: string[] = [];
  undecided = 0;
  /** Of them, in rule sets that ask for interfaces. */
  undecidedInterfaces = 0;
  kindsInterfaces = 0;
  readonly ends = new Map<string, number>();
  readonly reasons = new Map<string, number>();
  readonly disagreements: Disagreement[] = [];
  readonly calibration = new Calibration();
}

/** Rule set after rule set on one rig, until `isDone`. `next` gives the number of the next rule set, which with the seed is all that it is drawn from. */
export async function rounds(n: number, seed: number, next: () => number, isDone: () => boolean, tally: Tally): Promise<void> {
  const rig = await openRig(n);
  try {
    const volleys = new Volleys(rig);
    let hadLegacy = false;
    while (!isDone()) {
      const number = next();
      const random = randomOf(Math.imul(seed, 0x9e3779b1) ^ Math.imul(number, 0x85ebca6b));
      const ruleSet = drawRuleSet(random, number);
      const refusal = await rig.run(installing(ruleSet, hadLegacy)).then(() => null, (error: Error) => error.message);
      if (refusal !== null) {
        tally.refused.push(`rule set ${number}: ${refusal}`);
        continue;
      }
      hadLegacy ||= Object.keys(ruleSet.texts).some(tool => tool.includes('legacy'));
      const rules = await rig.read();
      const questions = drawKinds(random, ruleSet, 100).map((kind): Question => ({kind, expectation: expect(rules, kind), seen: new Map()}));
      const decided = questions.filter(({expectation}) => expectation.undecided === null);
      // an end that is certain is asked for once; of a draw there must be enough to see its shares
      const {firstOnly: before, late} = volleys;
      const shots = decided.flatMap(question => Array.from({length: ruleSet.wishes.affinity || question.expectation.orders.every(order => order.size === 1) ? 1 : 8}, () => question));
      const again = await volleys.fire(shots); // other rigs count meanwhile
      tally.again += again;
      tally.packets += shots.length - (volleys.late - late);
      tally.late += volleys.late - late;
      tally.firstOnly += volleys.firstOnly - before;
      count(tally, seed + number / 1e9, ruleSet, questions, decided);
    }
  } finally {
    await rig.close();
  }
}

function count(tally: Tally, seed: number, ruleSet: RuleSet, questions: readonly Question[], decided: readonly Question[]): void {
  tally.ruleSets++;
  const asksInterfaces = ruleSet.wishes.interfaces;
  tally[asksInterfaces ? 'kindsInterfaces' : 'kinds'] += questions.length;
  for (const {expectation: {undecided}} of questions) {
    if (undecided === null) continue;
    tally[asksInterfaces ? 'undecidedInterfaces' : 'undecided']++;
    const reason = asksInterfaces ? 'interfaces' : `${undecided.because} | ${undecided.raw}`;
    tally.reasons.set(reason, (tally.reasons.get(reason) ?? 0) + 1);
  }
  const here = new Calibration();
  for (const {kind, expectation, seen} of decided) {
    const isRandom = expectation.orders.some(order => order.size > 1);
    if (isRandom) tally.random++;
    if (expectation.orders.length > 1) tally.severalOrders++;
    for (const [name, times] of seen) {
      const end = name.includes(' from ') ? (name.startsWith(hostPort(kind.destination, kind.port)) ? 'landed as sent' : 'landed translated') + (name.endsWith(` from ${kind.source}`) ? '' : ', source rewritten') : name;
      tally.ends.set(end, (tally.ends.get(end) ?? 0) + times);
    }
    const wrong = complaint(kind, expectation, seen, ruleSet.wishes.counted);
    const show = (ends: ReadonlyMap<Seen, number>): string => [...ends].map(([name, share]) => `${name}: ${Math.round(share * 1000) / 1000}`).sort().join('; ');
    if (wrong !== null) tally.disagreements.push({seed, ruleSet, packet: describe(kind), complaint: wrong, expected: expectation.orders.map(show).join(' OR '), seen: show(seen)});
    const [order] = expectation.orders;
    if (wrong !== null || order === undefined || !isRandom || ruleSet.wishes.counted || expectation.orders.length > 1) continue;
    for (const calibration of [tally.calibration, here]) calibration.add(folded(kind, order, order), folded(kind, seen, order));
  }
  for (const skew of here.skewed()) tally.disagreements.push({seed, ruleSet, packet: 'packets of many kinds', complaint: skew, expected: '', seen: ''});
}
