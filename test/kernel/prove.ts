import {removeNamespaces, sweep} from './rig.ts';
import {type Disagreement, rounds, Tally} from './rounds.ts';

export interface Proof {
  readonly tally: Tally;
  readonly seconds: number;
}

interface Plan {
  readonly packets: number;
  readonly seconds: number;
  readonly seed: number;
  readonly rigs: number;
  /** Number of the first rule set: together with the seed it leads straight to one. */
  readonly first: number;
  readonly progress: (line: string) => void;
}

/** The share of packet kinds that the walk may leave open, so that the proof is about something. */
const mostUndecided = 0.05;
const mostUndecidedInterfaces = 0.9;
/** Some drawn rules are against rules of the kernel that the draw does not know. */
const mostRefused = 0.02;
/** For each of some twenty groups of shares. */
const mostSigmas = 5;

export async function prove({packets, seconds, seed, rigs, first, progress}: Plan): Promise<Proof> {
  if (process.getuid?.() !== 0) throw new Error('this needs root: it makes network namespaces');
  const tally = new Tally();
  const start = Date.now();
  const past = (): number => (Date.now() - start) / 1000;
  let number = first;
  let cut = false;
  const stop = (): void => { // the second time, or when the round does not end: at once
    if (cut) { removeNamespaces(); process.exit(130); }
    cut = true;
    setTimeout(stop, 60_000).unref();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  sweep();
  process.on('exit', removeNamespaces);
  const shown = setInterval(() => progress(`${Math.round(past())} s: ${tally.packets} packets, ${tally.ruleSets} rule sets, ${tally.disagreements.length} disagreements`), 10_000);
  try {
    await Promise.all(Array.from({length: rigs}, (_, n) => rounds(n, seed, () => number++, () => cut || tally.packets >= packets || past() > seconds || tally.disagreements.length + tally.refused.length > 200, tally)));
  } finally {
    clearInterval(shown);
    process.off('SIGINT', stop).off('SIGTERM', stop);
    removeNamespaces();
  }
  return {tally, seconds: past()};
}

export function summary({tally, seconds}: Proof): string {
  const percent = (part: number, whole: number): string => `${(100 * part / Math.max(1, whole)).toFixed(2)} %`;
  return [
    ...tally.disagreements.slice(0, 10).map(shown),
    `${tally.packets} packets of ${tally.kinds + tally.kindsInterfaces} kinds through ${tally.ruleSets} rule sets in ${seconds.toFixed(0)} s (${Math.round(tally.packets / seconds)} a second); ${tally.again} sent again after silence; of ${tally.firstOnly} TCP connections the first packet landed and later ones did not; ${tally.late} not counted, as the machine was too busy`,
    `ends: ${[...tally.ends].sort(([, a], [, b]) => b - a).map(([end, count]) => `${end} ${count}`).join(', ')}`,
    `kinds with several possible ends: ${tally.random}; with several owners of NAT, asked in an order that no dump shows: ${tally.severalOrders}`,
    `undecided: ${percent(tally.undecided, tally.kinds)}; of kinds in rule sets with -i, -o: ${percent(tally.undecidedInterfaces, tally.kindsInterfaces)}`,
    ...[...tally.reasons].sort(([, a], [, b]) => b - a).slice(0, 40).map(([reason, count]) => `  ${count} × ${reason}`),
    `shares: ${tally.calibration.groups().map(({share, sent, seen, expected, sigmas}) => `${share.toFixed(2)}: ${seen} of ${sent}, expected ${expected.toFixed(0)} (${sigmas.toFixed(1)} σ)`).join('; ')}`,
    `refused by the kernel: ${tally.refused.length} rule sets`,
    `disagreements: ${tally.disagreements.length}`,
  ].join('\n');
}

function shown({seed, ruleSet, packet, complaint, expected, seen}: Disagreement): string {
  return [`--- ${packet}: ${complaint}`, `expected ${expected}`, `seen     ${seen}`, `rule set ${Math.round((seed % 1) * 1e9)}: ${ruleSet.name}`, ...Object.entries(ruleSet.texts).map(([tool, text]) => `${tool}:\n${text}`)].join('\n');
}

export function verdict({tally}: Proof): string[] {
  const faults: string[] = [];
  if (tally.disagreements.length > 0) faults.push(`${tally.disagreements.length} packets did not do what the walk says`);
  if (tally.undecided > mostUndecided * tally.kinds) faults.push('too much is undecided');
  if (tally.undecidedInterfaces > mostUndecidedInterfaces * tally.kindsInterfaces) faults.push('too much is undecided where rules ask for interfaces');
  if (tally.refused.length > mostRefused * tally.ruleSets) faults.push(`${tally.refused.length} rule sets were refused: ${tally.refused[0]}`);
  for (const {share, sigmas} of tally.calibration.groups()) if (Math.abs(sigmas) > mostSigmas) faults.push(`what should have a share of ${share} is ${sigmas.toFixed(1)} standard deviations off`);
  return faults;
}
