import type {Candidate, Expansion} from './expand.ts';
import type {Answers, LookedUp} from './looked-up.ts';
import {runGlibc} from './run-glibc.ts';
import {runMusl} from './run-musl.ts';
import {runNslookup} from './run-nslookup.ts';

/** What this libc does when these are the answers. */
export function run(expansion: Expansion, answers: Answers): LookedUp {
  if (expansion.silence !== null) return {outcome: withoutAsking(expansion), winner: null, sent: [], steps: [], waited: 0};
  return {glibc: runGlibc, musl: runMusl, busybox: runNslookup}[expansion.libc.kind](expansion, answers);
}

/** An address is its own answer, if it is of the family that was asked for. */
function withoutAsking({silence, lookup: {name, types}}: Expansion): LookedUp['outcome'] {
  if (silence === 'address') return types.includes(name.text.includes(':') ? 'AAAA' : 'A') ? 'found' : 'does-not-exist';
  return silence === 'nothing-sent' ? 'try-again' : 'does-not-exist';
}

/** Queries of a lookup whose name exists only as that candidate, or nowhere (null), every server answering at once. */
export function cost(expansion: Expansion, winner: number | null): number {
  const found = winner === null ? null : expansion.candidates[winner]?.name ?? null;
  return run(expansion, ({name}) => (name === found ? {kind: 'message', rcode: 'NOERROR', answers: 1, wanted: 1} : {kind: 'message', rcode: 'NXDOMAIN', answers: 0, wanted: 0})).sent.length;
}

/** The queries of one candidate when nothing is repeated: musl asks all its servers. */
export function queriesOf({libc, settings}: Expansion, {types, unsendable}: Candidate): number {
  return unsendable === 'stops' || unsendable === 'skipped' ? 0 : types.length * (libc.kind === 'musl' ? settings.nameservers.length : 1);
}
