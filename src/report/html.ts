import type {Report} from '../diagnose/report.ts';
import {chain} from './html/chain.ts';
import {dnsPart} from './html/dns.ts';
import {acceptedPart, allFindings, notes, untold} from './html/findings.ts';
import {heatMap} from './html/heat-map.ts';
import {headline, titleOf} from './html/headline.ts';
import {html} from './html/markup.ts';
import {nodesTable} from './html/nodes.ts';
import {packetPath} from './html/packet-path.ts';
import {page} from './html/page.ts';
import {pairsMatrix} from './html/pairs.ts';
import {podPart} from './html/pod.ts';
import {rootCauses} from './html/root-causes.ts';
import {servicesTable} from './html/services.ts';
import {traces} from './html/traces.ts';

/**
 * The report as one page to look at: the verdict on top, what to do, and everything else folded or drawn under it. The page loads
 * nothing and runs nothing. However large the cluster, it stays of a size that a browser and a mailbox take: what is left out is said.
 */
export function renderHtml(report: Report): string {
  return page(titleOf(report), html`${headline(report)}
<main>
${packetPath(report)}
${rootCauses(report)}
${untold(report)}
${notes(report)}
${servicesTable(report)}
${nodesTable(report)}
${heatMap(report)}
${pairsMatrix(report)}
${traces(report)}
${dnsPart(report)}
${podPart(report)}
${chain(report)}
${acceptedPart(report)}
${allFindings(report)}
</main>
<footer><p>Written by kdiag ${report.kdiag.version}. This page loads nothing and runs nothing; all of the report is in <code>-o json</code>.</p></footer>`).text;
}
