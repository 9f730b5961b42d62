import {type Answer, isKnown} from '../cluster/answer.ts';
import type {Cluster} from '../cluster/cluster.ts';
import {idOf} from '../findings/finding.ts';
import {version} from '../version.ts';
import type {Report} from './report.ts';
import type {Ran} from './run-checks.ts';
import type {Judgement} from './verdict.ts';

/** What every report has. `server`: the version of the API server; `start`: of performance.now(). */
export interface Frame {
  readonly command: Report['command'];
  readonly judgement: Judgement;
  readonly summary: string;
  readonly ran: readonly Ran[];
  readonly server: Promise<Answer<string>>;
  readonly start: number;
}

export async function compose(cluster: Cluster, {command, judgement: {status, findings, rootCauses}, summary, ran, server, start}: Frame, parts: Partial<Report> & Pick<Report, 'reach'>): Promise<Report> {
  const answered = await server;
  const position = new Map(findings.map(({id}, i) => [id, i]));
  return {
    schemaVersion: 'kdiag.report/v1',
    kdiag: {version},
    command,
    source: {...cluster.source, server: isKnown(answered) ? answered.known : null},
    status,
    verdict: {summary, rootCauses},
    findings,
    checks: ran.map(({check, outcome, why, note, untold, findings: own, ms}) => ({
      id: check.id, link: check.link, question: check.question, outcome, ...(why === null ? {} : {why}), ...(note === null ? {} : {note}), ...(untold === undefined ? {} : {untold}),
      findings: [...new Set(own.map(idOf))].filter(id => position.has(id)).sort((a, b) => (position.get(a) ?? 0) - (position.get(b) ?? 0)), ms,
    })),
    ...parts,
    startedAt: cluster.now.toISOString(),
    ms: Math.round(performance.now() - start),
  };
}
