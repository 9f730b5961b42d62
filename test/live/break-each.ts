import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import {askedOf, assertSaid, fileOf, type SaidFault} from '../replays/said.ts';
import {describeReport, diagnose} from './kdiag.ts';
import {putBack, remember} from './restore.ts';

/** One way to break the cluster for real. */
export interface Broken {
  readonly break: () => Promise<void>;
  /** What the harness does not put back by itself. */
  readonly repair?: () => Promise<void>;
}

interface Round {
  /** What is asked of kdiag, as words; its recordings are then replayed (test/replays). A fault's own arguments come instead of those here. */
  readonly command: string;
  readonly faults: readonly SaidFault[];
  /** How each fault is made, by its name. */
  readonly breaks: Readonly<Record<string, Broken>>;
  /** Before everything, and so before the objects are remembered. */
  readonly prepare?: () => Promise<void>;
  /** Objects that are put back, as words of kubectl. */
  readonly objects: readonly string[];
  /** Before the objects are put back. */
  readonly clear?: () => Promise<void>;
  readonly healed: () => Promise<void>;
}

/** Another command that is asked instead, such as check: what breaks one link breaks the cluster. */
const asked = process.env['LIVE_COMMAND'];
/** Where recordings of the broken cluster are kept, if asked for: they become replay cases. */
const keep = process.env['LIVE_KEEP'];

/** The healthy cluster is silent; then each fault is made, told, and put back, and the cluster is healthy again: what a fault, or kdiag itself, has left behind is no fault. */
export function breakEach({command: usual, faults, breaks, prepare = async () => {}, objects, clear = async () => {}, healed}: Round): void {
  const command = asked ?? usual;
  /** Undefined where no test was asked for by its name. */
  let atFirst: Awaited<ReturnType<typeof remember>> | undefined;
  const recorded = (file: string): readonly string[] => (keep === undefined ? [] : ['--record', join(keep, file)]);

  before(async () => {
    await prepare();
    atFirst = await remember(objects);
    if (keep !== undefined) await mkdir(keep, {recursive: true});
  });
  after(async () => {
    await clear();
    if (atFirst !== undefined) await putBack(atFirst, objects);
  });

  test(`${command}: a healthy cluster is silent`, {timeout: 120_000}, async () => {
    const found = await diagnose([...askedOf(command), ...recorded('healthy.kdiag')]);
    assert.equal(found.report.status, 'healthy', describeReport(found));
    // of a busy machine CoreDNS says itself that it is slow, and that is told
    assert.deepEqual(found.report.findings.filter(({code, level}) => code !== 'coredns-overloaded' || level !== 'info'), [], describeReport(found));
  });

  for (const fault of faults) {
    test(`${command}: ${fault.name}`, {timeout: 300_000}, async t => {
      const way = breaks[fault.name];
      assert.ok(way !== undefined, `nothing breaks the cluster for: ${fault.name}`);
      try {
        await way.break();
        const asked = Date.now();
        const found = await diagnose([...askedOf(command, fault), ...recorded(fileOf(fault))]);
        t.diagnostic(`${fault.name}: ${((Date.now() - asked) / 1000).toFixed(1)} s: ${found.report.verdict.summary}`);
        assertSaid(found, fault, `\n${describeReport(found)}`);
      } finally {
        await clear();
        await putBack(atFirst ?? [], objects);
        await way.repair?.();
        await healed();
      }
      const found = await diagnose(askedOf(command));
      assert.equal(found.report.status, 'healthy', `after the repair of: ${fault.name}\n${describeReport(found)}`);
    });
  }
}
