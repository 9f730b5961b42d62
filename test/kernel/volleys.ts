import {hostPort} from '../../src/model/ip.ts';
import type {Site} from './addresses.ts';
import {type Expectation, type Kind, landed, type Seen, stopped} from './expect.ts';
import {mayBeLate} from './judge.ts';
import type {Rig} from './rig.ts';
import {pair} from './sockets.ts';
import type {Report, Shot} from './station.ts';

export interface Question {
  readonly kind: Kind;
  readonly expectation: Expectation;
  readonly seen: Map<Seen, number>;
}

const siteOf = {pod: 'pod', outside: 'out', host: 'node'} as const;

/** Sends packets of many kinds at once and waits until each has landed, was refused, or can no longer come. */
export class Volleys {
  readonly #rig: Rig;
  readonly #pending = new Map<number, {question: Question; shot: Shot; seen: Seen | null}>();
  #id = 0;
  #port = 0;
  /** TCP connections of which only the first packet is known to have landed. */
  firstOnly = 0;
  /** Not counted: on a busy machine the kernel may have sent their SYN twice. */
  late = 0;

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

  /** How many were sent once more. */
  async fire(questions: readonly Question[]): Promise<number> {
    let {silent, late} = await this.#volley(questions, 30);
    for (let tries = 0; late.length > 0 && tries < 5; tries++) {
      const again = await this.#volley(late, 30);
      silent.push(...again.silent);
      ({late} = again);
    }
    this.late += late.length;
    // On a busy machine an answer may be late: silence that was not expected is looked at once more, longer.
    const doubtful = silent.filter(({kind, expectation}) => !expectation.orders.some(order => order.has(stopped(kind, 'silent')) || mayBeLate(kind, order)));
    silent = silent.filter(question => !doubtful.includes(question));
    if (doubtful.length > 0) {
      const more = await this.#volley(doubtful, 600);
      silent.push(...more.silent);
      this.late += more.late.length;
    }
    for (const {kind, seen} of silent) seen.set(stopped(kind, 'silent'), (seen.get(stopped(kind, 'silent')) ?? 0) + 1);
    return doubtful.length;
  }

  /** Those of which nothing was seen, and those that came too late to count. */
  async #volley(questions: readonly Question[], patienceMs: number): Promise<{silent: Question[]; late: Question[]}> {
    const start = Date.now();
    const orders = new Map<Site, Shot[]>();
    for (const question of questions) {
      const {kind: {protocol, source, destination, port, from}} = question;
      const id = ++this.#id;
      this.#port = (this.#port + 1) % 50_000;
      const shot: Shot = {id, protocol, source, sourcePort: 10_000 + this.#port, destination, port};
      this.#pending.set(id, {question, shot, seen: null});
      const site = siteOf[from];
      orders.set(site, [...(orders.get(site) ?? []), shot]);
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
    await this.#lookForFirst();
    for (const site of clients) this.#rig.tell(site, {forget: true});
    const isLate = Date.now() - start > againMs;
    const [silent, late]: [Question[], Question[]] = [[], []];
    for (const {question, seen} of this.#pending.values()) {
      if (isLate && drawsAgain(question)) late.push(question);
      else if (seen === null) silent.push(question);
      else {
        const known = asExpected(seen, question);
        question.seen.set(known, (question.seen.get(known) ?? 0) + 1);
      }
    }
    this.#pending.clear();
    return {silent, late};
  }

  /**
   * The walk speaks of a connection's first packet. Rules can stop the ones behind it, which bear no mark of NAT's chains and are
   * not NEW: then no connection comes about, and the receiver's table of sockets says where the first one went.
   */
  async #lookForFirst(): Promise<void> {
    const unheard = [...this.#pending.values()].filter(({shot, seen}) => shot.protocol === 'tcp' && seen === null);
    if (unheard.length === 0) return;
    const {opened, translations} = await this.#rig.look('srv', 'net', 'node');
    for (const each of unheard) {
      const {destination, port, source, sourcePort} = each.shot;
      const sent = pair(hostPort(destination, port), hostPort(source, sourcePort));
      const arrived = translations.get(sent) ?? sent;
      if (!opened.has(arrived)) continue;
      const [at = '', from = ''] = arrived.split(' from ');
      each.seen = landed(at, withoutPort(from));
      this.firstOnly++;
    }
  }
}

/** A SYN is sent again after a second; nothing on the node may keep it from that, as on its neighbours (rig.ts). */
const againMs = 900;
const drawsAgain = ({kind, expectation}: Question): boolean => kind.from === 'host' && kind.protocol === 'tcp' && expectation.orders.some(order => order.size > 1);

/** A socket's peer → its address alone. */
const withoutPort = (end: string): string => end.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');

/** Where any of the node's own addresses would do, the one that was seen is as good. */
function asExpected(seen: Seen, {expectation}: Question): Seen {
  const general = seen.replace(/ from .*$/, ' from the node');
  return !expectation.orders.some(order => order.has(seen)) && expectation.orders.some(order => order.has(general)) ? general : seen;
}
