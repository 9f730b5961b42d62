import type {AcceptedBy} from '../accept/accepted-by.ts';

/** Where suppressions are looked for if no file is named: in the folder that kdiag is started in. */
const usual = '.kdiag.yaml';
const most = {mebibytes: 256, what: 'report of kdiag'};

/** What is accepted by the files given; without suppressions given, by .kdiag.yaml if there is one. Throws KdiagError(2) for files that are wrong. */
export async function acceptedBy({suppressions, baseline}: {readonly suppressions?: string | undefined; readonly baseline?: string | undefined}): Promise<AcceptedBy> {
  const {isThere, readText} = await import('../cluster/text-file.ts');
  const file = suppressions ?? (await isThere(usual) ? usual : undefined);
  return {
    suppressions: file === undefined ? [] : (await import('../accept/suppressions-file.ts')).readSuppressions(await readText(file, {mebibytes: 1, what: 'list of suppressions'}), file),
    baseline: baseline === undefined ? null : (await import('../accept/baseline.ts')).readBaseline(await readText(baseline, most), baseline),
  };
}
