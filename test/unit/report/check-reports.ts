import type {Report, ReportedFinding} from '../../../src/diagnose/report.ts';
import {missing, nodesReport, stale, unknownReport} from './reports.ts';

/** As of a whole cluster: with Services, what the causes break, who reaches whom, and what somebody has accepted. */
export const checkReport: Report = {
  ...nodesReport,
  command: {name: 'check', args: {}},
  verdict: {summary: stale.message, rootCauses: [{...stale, breaks: ['shop/cart', 'shop/web']}]},
  findings: [{...stale, breaks: ['shop/cart', 'shop/web']}, missing],
  accepted: [
    {finding: {...stale, id: 'cidr-not-private/Cluster/pods', code: 'cidr-not-private', level: 'warning', subject: {kind: 'Cluster', namespace: null, name: 'pods'}, message: 'Pods have addresses of 11.0.0.0/8, which belong to somebody else', docs: 'docs/findings/cidr-not-private.md', explains: []}, by: 'suppression', reason: 'agreed with the network people', expires: '2027-01-31'},
    {finding: {...missing, id: 'rules-missing-endpoint/Node/node9', subject: {kind: 'Node', namespace: null, name: 'node9'}}, by: 'baseline', reason: 'was there before', expires: null},
  ],
  services: [
    {namespace: 'shop', name: 'cart', type: 'ClusterIP', state: 'broken', predicted: 2 / 3, causes: [stale.id]},
    {namespace: 'shop', name: 'web', type: 'NodePort', state: 'unknown', predicted: null, causes: []},
    {namespace: 'default', name: 'kubernetes', type: 'ClusterIP', state: 'works', predicted: 1, causes: []},
  ],
  pairs: [
    {from: 'node1', to: 'node2', client: 'pod', tries: 4, ok: 1},
    {from: 'node2', to: 'node1', client: 'node', tries: 0, ok: 0},
    {from: 'node2', to: 'node1', client: 'pod', tries: 4, ok: 4},
  ],
};

const warning: ReportedFinding = {...stale, id: 'kube-proxy-stale/Node/node2', code: 'kube-proxy-stale', level: 'warning', subject: {kind: 'Node', namespace: null, name: 'node2'}, message: 'kube-proxy on node2 has not written rules for 3 h', docs: 'docs/findings/kube-proxy-stale.md', explains: [], confidence: 'likely'};
const note: ReportedFinding = {...stale, id: 'kube-proxy-replaced/Cluster/kube-proxy', code: 'kube-proxy-replaced', level: 'info', subject: {kind: 'Cluster', namespace: null, name: 'kube-proxy'}, message: 'Cilium does the work of kube-proxy', docs: 'docs/findings/kube-proxy-replaced.md', evidence: [], remedy: [], explains: []};

/** A warning, something worth knowing, and each outcome that a check may have. */
export const degradedReport: Report = {
  ...checkReport,
  status: 'degraded',
  verdict: {summary: warning.message, rootCauses: [warning]},
  findings: [warning, note],
  checks: [
    {id: 'kube-proxy-keeps-up', link: 'kube-proxy', question: 'kube-proxy keeps up', outcome: 'warn', findings: [warning.id], ms: 3},
    {id: 'kube-proxy-mode', link: 'kube-proxy', question: 'The mode is known', outcome: 'pass', note: 'iptables', findings: [note.id], ms: 1},
    {id: 'rules-read', link: 'Node rules', question: 'The rules can be read', outcome: 'skipped', why: 'something else does the work', findings: [], ms: 0},
  ],
};

/** A check that could not tell beside one that found a warning, and one that crashed. */
export const halfUnknownReport: Report = {
  ...unknownReport,
  verdict: {summary: 'kdiag could not tell whether DNS works: no debug pod may be made (and 1 more reason)', rootCauses: [...unknownReport.verdict.rootCauses, warning]},
  findings: [...unknownReport.findings, warning],
  checks: [
    ...degradedReport.checks.slice(0, 1),
    {id: 'rules-read', link: 'Node rules', question: 'The rules can be read', outcome: 'unknown', why: 'no debug pod may be made', findings: [warning.id], ms: 4},
    {id: 'rules-state', link: 'Node rules', question: 'The rules hang together', outcome: 'crashed', why: 'this is a bug of kdiag: no such property', findings: [], ms: 0},
  ],
};

/** What breaks formats that are not careful: markup, commands, ends of quotations, line ends, control and bidirectional characters, halves of characters. */
export const hostile = [
  '::error title=owned::injected', '##[error]injected', '\n::stop-commands::x\n::add-mask::a', '%0A::error::x %25 %3A', '<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '</details><h1>all is well</h1>', ']]><failure/>', '&amp; &#60; &lt;b>',
  '"><testcase name="x"/>', "' onload='x", '```\n# all is well\n```', '`` ` ````', '**bold** _em_ ~~gone~~ [link](javascript:alert(1)) ![i](http://evil.example/x.png) <https://evil.example>', 'https://evil.example/path www.evil.example mail@evil.example @team #1 GH-12 :smile: deadbeef0123456',
  '| a | b |\n|---|---|', 'back\\slash \\| \\\\| end\\', '1. one\n2) two\n- three\n+ four\n# five\n> six\n=== ---', '\u001b[2J\u001b[H\r✔ all is well', '\u202egnp.exe\u2066 \u200b', '\ud800 \udfff \ufffe \uffff \u0000 \u0085 \u2028 \u2029', '"} 1\nkdiag_status{status="healthy"} 1\n# HELP x', '{0} {{1}} ${x} $(id) `id`', '[x](1) \\[y\\](2)', '     indented', '   ', 'ü 検査 🙂',
];
const all = hostile.join(' ');

function hostileFinding(text: string, i: number, level: ReportedFinding['level']): ReportedFinding {
  return {
    id: `rules-stale-endpoint/Node/${text}${i}`, code: 'rules-stale-endpoint', level, subject: {kind: 'Node', namespace: i % 2 === 0 ? null : text, name: text}, message: `It says ${text} and so on`, args: {text},
    remedy: [`echo ${text}`, `# ${text}`], docs: 'docs/findings/rules-stale-endpoint.md', evidence: [{kind: 'rule', from: text, text}, {kind: 'log', from: text, text: all}], explains: [], breaks: [`${text}/${text}`], confidence: 'proven',
  };
}
const findings = hostile.map((text, i) => hostileFinding(text, i, 'error'));

export const hostileReport: Report = {
  ...checkReport,
  kdiag: {version: '1.2.3'},
  command: {name: 'check', args: {text: all}},
  source: {kind: 'live', context: all, server: all},
  verdict: {summary: all, rootCauses: findings},
  findings: [...findings, ...hostile.map((text, i) => hostileFinding(text, i + 100, 'info'))],
  checks: hostile.flatMap((text, i) => [
    {id: `check-${i}`, link: `Link ${text}`, question: `Is it ${text}?`, outcome: 'fail' as const, findings: [findings[i]!.id], ms: 1},
    {id: `unknown-${i}`, link: text, question: text, outcome: 'unknown' as const, why: text, findings: [], ms: 1},
    {id: `skipped-${i}`, link: 'Skipped', question: text, outcome: 'skipped' as const, why: text, findings: [], ms: 1},
    {id: `passed-${i}`, link: 'Passed', question: text, outcome: 'pass' as const, note: text, findings: [], ms: 1},
  ]),
  reach: hostile.map(text => ({from: {kind: 'Node' as const, name: text}, to: `${text}/${text}:80/TCP`, predicted: 0.5, lostAt: text})),
  accepted: hostile.map((text, i) => ({finding: hostileFinding(text, i + 200, 'warning'), by: 'suppression' as const, reason: text, expires: null})),
  services: hostile.map(text => ({namespace: text, name: text, type: text, state: 'broken' as const, predicted: 0, causes: [text]})),
  nodes: hostile.map(text => ({name: text, ready: false, kubeProxy: text, mode: text, rules: 'differ' as const, ways: 1, losing: 1, findings: []})),
  pairs: hostile.map(text => ({from: text, to: `to ${text}`, client: 'pod' as const, tries: 2, ok: 1})),
};

/** A cluster in which everything is wrong, and everything that is said of it is long. */
export const hugeReport: Report = (() => {
  const long = '`x` '.repeat(25_000);
  const many = Array.from({length: 1_000}, (_, i): ReportedFinding => ({...hostileFinding(`node${i}`, i, 'error'), id: `rules-stale-endpoint/Node/node${i}`, message: `node${i} ${long}`, evidence: Array.from({length: 20}, () => ({kind: 'rule', from: long, text: long})), breaks: Array.from({length: 100}, (_, j) => `shop/web${j}`)}));
  return {
    ...checkReport, verdict: {summary: long, rootCauses: many}, findings: many,
    checks: Array.from({length: 1_000}, (_, i) => ({id: `check-${i}`, link: 'Node rules', question: `Question ${i}`, outcome: 'unknown' as const, why: `${i} ${long}`, findings: [], ms: 1})),
    services: Array.from({length: 3_000}, (_, i) => ({namespace: 'shop', name: `web${i}`, type: 'ClusterIP', state: 'broken' as const, predicted: i / 3_000, causes: [many[i % 1_000]!.id]})),
    nodes: Array.from({length: 1_000}, (_, i) => ({name: `node${i}`, ready: true, kubeProxy: 'runs', mode: 'iptables', rules: 'differ' as const, ways: 1, losing: 1, findings: [many[i]!.id]})),
    pairs: Array.from({length: 2_000}, (_, i) => ({from: `node${i}`, to: 'node0', client: 'pod' as const, tries: 2, ok: i < 10 ? 0 : 2})),
  };
})();

/** Every one that is made by hand for the formats that pipelines read, by name. */
export const handMade: Readonly<Record<string, Report>> = {
  check: checkReport, degraded: degradedReport, 'half unknown': halfUnknownReport, 'nothing examined': {...unknownReport, checks: [], findings: [], verdict: {summary: 'kdiag could not tell whether DNS works: nothing was examined', rootCauses: []}, reach: []}, hostile: hostileReport,
};
