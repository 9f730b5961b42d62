import {hostPort} from '../../src/model/ip.ts';
import type {Site} from './addresses.ts';
import {drawKinds, drawRuleSet, installing, type RuleSet} from './draw.ts';
import {expect, type Expectation, type Kind, landed, type Seen, stopped} from './expect.ts';
import {Calibration, complaint, describe, folded, mayBeLate} from './judge.ts';
import {randomOf} from './random.ts';
import {openRig, type Rig} from './rig.ts';
import type {Report, Shot} from './station.ts';

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

interface Question {
  readonly kind: Kind;
  readonly expectation: Expectation;
  readonly seen: Map<Seen, number>;
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
      await volleys.fire(decided.flatMap(question => Array.from({length: ruleSet.wishes.affinity || question.expectation.orders.every(order => order.size === 1) ? 1 : 8}, () => question)), tally);
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

const siteOf = {pod: 'pod', outside: 'out', host: 'node'} as const;

/** Sends packets of many kinds at once and waits until each has landed, was refused, or can no longer come. */
class Volleys {
  readonly #rig: Rig;
  readonly #pending = new Map<number, {question: Question; seen: Seen | null}>();
  #id = 0;
  #port = 0;

  constructor(rig: Rig) {
    this.#rig = rig;
    rig.hear((_, report) => this.#hear(report));
  }

  #hear(report: Report): void {
    if ('got' in report) {
      const shot = this.#pending.get(report.got);
      if (shot !== undefined) shot.seen = landed(hostPort(report.at, report.port), report.from);
    } else if ('failed' in report) {
      const shot = this.#pending.get(report.failed);
      // EPERM only says that the packet did not leave; the reason may follow
      if (shot !== undefined && report.code !== 'EPERM') shot.seen ??= stopped(shot.question.kind, report.code);
    }
  }

  async fire(questions: readonly Question[], tally: Tally): Promise<void> {
    let silent = await this.#volley(questions, 30);
    tally.packets += questions.length;
    // On a busy machine an answer may be late: silence that was not expected is looked at once more, longer.
    const doubtful = silent.filter(({kind, expectation}) => !expectation.orders.some(order => order.has(stopped(kind, 'silent')) || mayBeLate(kind, order)));
    silent = silent.filter(question => !doubtful.includes(question));
    if (doubtful.length > 0) {
      tally.again += doubtful.length;
      silent.push(...await this.#volley(doubtful, 600));
    }
    for (const {kind, seen} of silent) seen.set(stopped(kind, 'silent'), (seen.get(stopped(kind, 'silent')) ?? 0) + 1);
  }

  /** Returns those of which nothing was seen. */
  async #volley(questions: readonly Question[], patienceMs: number): Promise<Question[]> {
    const orders = new Map<Site, Shot[]>();
    for (const question of questions) {
      const {kind: {protocol, source, destination, port, from}} = question;
      const id = ++this.#id;
      this.#port = (this.#port + 1) % 50_000;
      this.#pending.set(id, {question, seen: null});
      const site = siteOf[from];
      orders.set(site, [...(orders.get(site) ?? []), {id, protocol, source, sourcePort: 10_000 + this.#port, destination, port}]);
    }
    for (const [site, send] of orders) this.#rig.tell(site, {send});
    const clients = [...orders.keys()];
    // connect, the first bytes, their arrival: each step is waited for where it happens
    for (const round of [clients, clients, ['srv', 'net', 'node'] as const]) await this.#rig.settle(...round);
    if ([...this.#pending.values()].some(({seen}) => seen === null)) {
      await new Promise(resolve => { setTimeout(resolve, patienceMs); });
      await this.#rig.settle('srv', 'net', 'node', 'pod', 'out');
      await this.#rig.settle('srv', 'net', 'node', 'pod', 'out');
    }
    for (const site of clients) this.#rig.tell(site, {forget: true});
    const silent: Question[] = [];
    for (const {question, seen} of this.#pending.values()) {
      if (seen === null) silent.push(question);
      else {
        const known = asExpected(seen, question);
        question.seen.set(known, (question.seen.get(known) ?? 0) + 1);
      }
    }
    this.#pending.clear();
    return silent;
  }
}

/** Where any of the node's own addresses would do, the one that was seen is as good. */
function asExpected(seen: Seen, {expectation}: Question): Seen {
  const general = seen.replace(/ from .*$/, ' from the node');
  return !expectation.orders.some(order => order.has(seen)) && expectation.orders.some(order => order.has(general)) ? general : seen;
}
