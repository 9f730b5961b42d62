import type {AcceptedBy} from '../accept/accepted-by.ts';

/** Read where kdiag is run, if it is there and no other is named. */
const usual = '.kdiag.yaml';
const most = {mebibytes: 1, what: 'suppressions file'};
const mostReport = {mebibytes: 256, what: 'report of kdiag'};

/** What --suppress and --baseline say. Throws KdiagError(2) for files that cannot be read or understood. */
export async function acceptedBy(flags: {readonly suppress?: string | undefined; readonly baseline?: string | undefined}): Promise<AcceptedBy> {
  const {isThere, readText} = await import('../cluster/text-file.ts');
  const file = flags.suppress ?? (await isThere(usual) ? usual : null);
  const suppressions = file === null ? [] : (await import('../accept/suppressions-file.ts')).readSuppressions(await readText(file, most), file);
  const baseline = flags.baseline === undefined ? null : (await import('../accept/baseline.ts')).readBaseline(await readText(flags.baseline, mostReport), flags.baseline);
  return {suppressions, baseline};
}
