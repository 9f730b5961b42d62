import type {Report} from '../diagnose/report.ts';

/** No report of a cluster that Kubernetes allows is larger. */
const most = {mebibytes: 256, what: 'report of kdiag'};

/** A report of `-o json` (`-` is stdin), or a recording, which is asked what `kdiag check` asks. Throws KdiagError(2) for everything else. */
export async function reportFrom(file: string, onProgress: (text: string) => void): Promise<Report> {
  const [{looksLikeRecording}, {readText}, {readReport}] = await Promise.all([import('../cluster/recording/file.ts'), import('../cluster/text-file.ts'), import('../accept/report-text.ts')]);
  if (file !== '-' && await looksLikeRecording(file)) return diagnosed(file, onProgress);
  return readReport(await readText(file, most), file === '-' ? 'stdin' : file);
}

/** The one place that says what recordings are asked, so that both sides of a comparison are asked the same. */
async function diagnosed(file: string, onProgress: (text: string) => void): Promise<Report> {
  const [{openRecording}, {checkCluster}, {clusterChecks}] = await Promise.all([import('../cluster/recording/file.ts'), import('../diagnose/check/check-cluster.ts'), import('../checks/index.ts')]);
  const cluster = await openRecording(file);
  onProgress(`examining the recording ${file}`);
  return checkCluster(cluster, {command: {name: 'check', args: {}}, scope: {namespaces: [], labelSelector: null, nodes: null}, checks: clusterChecks}, onProgress);
}
