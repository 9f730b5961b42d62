import {clusterChecks, serviceChecks} from '../../../src/checks/index.ts';
import {openRecording} from '../../../src/cluster/recording/file.ts';
import {recordingFile} from '../../../src/demo/demos.ts';
import {checkCluster} from '../../../src/diagnose/check/check-cluster.ts';
import {diagnose} from '../../../src/diagnose/diagnose.ts';
import type {Reach, Report, ReportedFinding} from '../../../src/diagnose/report.ts';
import {cases, diagnoseCase} from '../../cases/case.ts';
import {worldOf} from '../../cases/world.ts';
import {brokenReport, dnsReport, healthyReport, missing, stale} from './reports.ts';

type Service = NonNullable<Report['services']>[number];

/** The report of a real cluster, as a demo has it. */
export async function demoReport(name: 'healthy' | 'one-node-lost-its-rules' | 'half-the-connections-fail', service: string, namespace: string, trace = false): Promise<Report> {
  return diagnose(await openRecording(recordingFile(name)), {command: {name: 'svc', args: {service, namespace}}, target: {kind: 'service', namespace, service, port: null, from: null}, checks: serviceChecks, trace});
}

/** What `kdiag check` says of a real cluster with three faults. */
export async function checkReport(): Promise<Report> {
  const file = new URL('../../replays/check/three-unrelated-faults.kdiag', import.meta.url).pathname;
  return {...await checkCluster(await openRecording(file), {command: {name: 'check', args: {}}, scope: {namespaces: [], labelSelector: null, nodes: null}, checks: clusterChecks}), ms: 5000};
}

/** Of a whole cluster, with something of every part: some of it is real, the rest made up in its manner. */
export async function clusterReport(): Promise<Report> {
  const [broken, whole] = [await demoReport('half-the-connections-fail', 'nginx-web-server', 'web-system', true), cases.find(({file}) => file === 'healthy-dns')];
  const healthy = whole === undefined ? healthyReport : await diagnoseCase(whole, worldOf(whole.change ?? [], whole.world));
  const nodes = ['cp', 'node1', 'node2', 'node3', 'node4', 'node5'];
  const [root] = broken.verdict.rootCauses;
  const weak: ReportedFinding = {
    ...missing, id: 'coredns-single-point-of-failure/Deployment/kube-system/coredns', code: 'coredns-single-point-of-failure', level: 'warning', confidence: 'likely', subject: {kind: 'Deployment', namespace: 'kube-system', name: 'coredns'},
    message: 'Both CoreDNS pods are on node4: if that node stops, no name is found', evidence: [{kind: 'object', from: 'Pod kube-system/coredns-7d764666f9-5l2xm', text: 'spec.nodeName: node4'}, {kind: 'object', from: 'Pod kube-system/coredns-7d764666f9-zc8tw', text: 'spec.nodeName: node4'}],
    remedy: ['kubectl rollout restart deployment -n kube-system coredns', '# for good: podAntiAffinity, or topologySpreadConstraints, in the Deployment'], explains: [], docs: 'docs/findings/coredns-single-point-of-failure.md',
  };
  const staleHere: ReportedFinding = {...stale, breaks: ['shop/cart'], explains: [missing.id], counterfactual: {before: 2 / 3, after: 1, withOthers: false}};
  const roots = [...(root === undefined ? [] : [{...root, breaks: ['web-system/nginx-web-server', 'shop/checkout', 'monitoring/grafana']}]), staleHere, {...staleHere, id: 'rules-stale-endpoint/Node/node3', subject: {...stale.subject, name: 'node3'}, message: stale.message.replace('node1', 'node3')}, weak];
  const services: Service[] = [
    {namespace: 'web-system', name: 'nginx-web-server', type: 'ClusterIP', state: 'broken', predicted: 0, causes: roots.slice(0, 1).map(({id}) => id)},
    {namespace: 'shop', name: 'cart', type: 'ClusterIP', state: 'broken', predicted: 2 / 3, causes: [stale.id]},
    {namespace: 'shop', name: 'checkout', type: 'NodePort', state: 'degraded', predicted: 0.96, causes: roots.slice(0, 1).map(({id}) => id)},
    {namespace: 'media', name: 'transcoder', type: 'LoadBalancer', state: 'unknown', predicted: null, causes: []},
    {namespace: 'kube-system', name: 'kube-dns', type: 'ClusterIP', state: 'works', predicted: 1, causes: []},
    {namespace: 'default', name: 'kubernetes', type: 'ClusterIP', state: 'works', predicted: 1, causes: []},
    {namespace: 'legacy', name: 'billing-db', type: 'ExternalName', state: 'works', predicted: null, causes: []},
  ];
  const share = (to: string, i: number): Pick<Reach, 'predicted' | 'lostAt' | 'probed'> => {
    if (to.startsWith('web-system')) return i === 0 ? {predicted: 0, lostAt: 'endpoints that do not answer there: 10.244.1.5:9376, 10.244.2.5:9376', probed: {tries: 20, ok: 0}} : i < 3 ? {predicted: 0.5, lostAt: 'endpoints that do not answer there: 10.244.2.5:9376', probed: {tries: 20, ok: 10}} : {predicted: 1, probed: {tries: 20, ok: 20}};
    if (to === 'shop/cart:80/TCP') return i === 1 || i === 3 ? {predicted: 2 / 3, lostAt: 'KUBE-SEP-ABCDEFGHIJKLMNOP'} : {predicted: 1};
    if (to.startsWith('shop/checkout')) return {predicted: i === 2 ? 0.96 : 1, ...(i === 2 ? {lostAt: 'the end of the Service chain, untranslated'} : {})};
    return to.startsWith('media') ? {predicted: null, lostAt: 'could not tell: no kube-proxy is known to write rules here'} : {predicted: 1};
  };
  const addresses = ['web-system/nginx-web-server:8090/TCP', 'shop/cart:80/TCP', 'shop/checkout:443/TCP', 'shop/checkout:30443/TCP (NodePort)', 'media/transcoder:1935/TCP', 'kube-system/kube-dns:53/UDP', 'kube-system/kube-dns:53/TCP', 'kube-system/kube-dns:9153/TCP', 'default/kubernetes:443/TCP'];
  const accepted: ReportedFinding = {...weak, id: 'ndots-query-amplification/Cluster/dns', code: 'ndots-query-amplification', subject: {kind: 'Cluster', namespace: null, name: 'dns'}, message: 'A lookup of example.com costs 10 queries'};
  return {
    ...broken, command: {name: 'check', args: {}}, source: {kind: 'live', context: 'prod-eu-west-1', server: broken.source.server}, kdiag: {version: '1.4.0'}, startedAt: '2026-11-21T06:02:11.208Z', ms: 8412,
    verdict: {summary: 'Two things break 3 of 7 Services: pods of cp, node1 and node2 are lost to each other, and node1 and node3 send a third of shop/cart’s connections to a pod that is gone', rootCauses: roots},
    findings: [...roots, missing, {...weak, id: 'kube-proxy-replaced/Node/node5', code: 'kube-proxy-replaced', level: 'info', subject: {kind: 'Node', namespace: null, name: 'node5'}, message: 'On node5 Cilium serves Services in place of kube-proxy', explains: []}],
    checks: [
      ...broken.checks.map(check => (check.id === 'rules-match-endpoints' ? brokenReport.checks.at(-1)! : check)), ...healthy.checks.filter(({id}) => !broken.checks.some(check => check.id === id)),
      {id: 'coredns-spread', link: 'CoreDNS', question: 'CoreDNS outlives the end of one node', outcome: 'warn', findings: [weak.id], ms: 1},
      {id: 'upstreams-answer', link: 'CoreDNS', question: 'The resolvers that CoreDNS forwards to answer its pods', outcome: 'unknown', why: 'pods "coredns-7d764666f9-5l2xm" is forbidden: User "jane" cannot create resource "pods/exec" in API group "" in the namespace "kube-system"', findings: [], ms: 1},
    ],
    reach: addresses.flatMap(to => nodes.map((name, i): Reach => ({from: {kind: 'Node', name}, to, ...share(to, i)}))),
    services,
    nodes: nodes.map((name, i) => ({name, ready: i !== 4, kubeProxy: i === 5 ? 'replaced by Cilium' : 'runs', mode: i === 5 ? null : 'iptables', rules: i === 1 || i === 3 ? 'differ' : i === 5 ? 'none expected' : 'in sync', ways: i === 5 ? 0 : 9, losing: i === 1 ? 2 : i === 3 ? 1 : 0, findings: i === 1 ? [stale.id, missing.id] : []})),
    pairs: nodes.flatMap((from, a) => nodes.flatMap((to, b) => (a === b ? [] : [{from, to, client: 'pod' as const, tries: from === 'node5' ? 0 : 3, ok: from === 'node5' || (a < 3 && b < 3) ? 0 : from === 'node4' && to === 'cp' ? 2 : 3}]))),
    accepted: [{finding: accepted, by: 'suppression', reason: 'known, and cheap enough: OPS-1182', expires: '2027-01-31'}],
    dns: dnsReport.dns!,
  };
}

/** So many nodes and Services; some nodes have lost one Service's rules, one has lost all. Nothing in it is drawn by chance. */
export function largeReport(nodes: number, services: number): Report {
  const all = <T>(count: number, make: (i: number) => T): T[] => Array.from({length: count}, (_, i) => make(i));
  const name = (i: number): string => `ip-10-${20 + (i >> 8)}-${i & 255}-17.eu-west-1.compute.internal`;
  const at = (i: number): string => `team-${i % 17}/service-${String(i).padStart(4, '0')}`;
  // Once, as a report has them that was read or learned
  const places = all(nodes, (i): Reach['from'] => ({kind: 'Node', name: name(i)}));
  const faulty = (node: number, service: number): boolean => node === 7 || (node % 20 === 3 && service % 50 === 11) || (node % 9 === 1 && service === 5);
  const on = (node: number): ReportedFinding => ({...stale, id: `${stale.code}/Node/${name(node)}`, subject: {...stale.subject, name: name(node)}, message: stale.message.replace('node1', name(node))});
  const wrong = all(nodes, i => i).filter(node => node === 7 || node % 20 === 3 || node % 9 === 1);
  const [first = on(7), ...others] = wrong.map(on);
  const roots = [{...first, breaks: all(services, at)}, ...others];
  return {
    ...brokenReport, command: {name: 'check', args: {}}, verdict: {summary: `${wrong.length} of ${nodes} nodes send connections to pods that are gone: all ${services} Services lose some`, rootCauses: roots}, findings: [...roots, missing],
    checks: [...healthyReport.checks, {...brokenReport.checks.at(-1)!, findings: roots.map(({id}) => id)}],
    reach: all(services, i => ({i, to: `${at(i)}:80/TCP`})).flatMap(({i: service, to}) => places.map((from, node): Reach => ({from, to, ...(faulty(node, service) ? {predicted: node === 7 ? 0 : 2 / 3, lostAt: 'KUBE-SEP-ABCDEFGHIJKLMNOP'} : {predicted: 1})}))),
    services: all(services, (i): Service => ({namespace: `team-${i % 17}`, name: `service-${String(i).padStart(4, '0')}`, type: 'ClusterIP', state: i % 50 === 11 ? 'broken' : i % 50 === 12 ? 'unknown' : 'works', predicted: i % 50 === 11 ? 0 : 1, causes: i % 50 === 11 ? [roots[0]!.id] : []})).sort((a, b) => (a.state < b.state ? -1 : a.state > b.state ? 1 : 0)),
    nodes: all(nodes, i => ({name: name(i), ready: true, kubeProxy: 'runs', mode: 'iptables', rules: wrong.includes(i) ? 'differ' as const : 'in sync' as const, ways: services, losing: wrong.includes(i) ? 3 : 0, findings: wrong.includes(i) ? [on(i).id] : []})),
    pairs: all(Math.min(nodes, 60), a => all(Math.min(nodes, 60), b => ({from: name(a), to: name(b), client: 'pod' as const, tries: 3, ok: a === 7 || (a === 3 && b === 9) ? 0 : 3}))).flat().filter(({from, to}) => from !== to),
  };
}

/** What somebody who can name things in a cluster might try: on the page, on its reader, on the browser. */
export const nasty = '</title></style></script><script>alert(1)</script><img src=x onerror=alert(2)>"\'`><svg onload=alert(3)><style>*{display:none}</style><!-- ]]> javascript:alert(4) &lt;b&gt; &#0; \u001b[31mred\u0007 \u202egnp.exe\u2066 \u0000 \ud800 \ufdd0 https://evil.example/x.css שלום';

/** The same text wherever a report holds text that comes from a cluster. */
export async function hostileReport(text = nasty): Promise<Report> {
  const fixed = /^(level|confidence|status|outcome|kind|state|rules|client|by|end|source|protocol|schemaVersion|id|type|hook|mode|ready|exact|origin)$/;
  const spoil = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') return fixed.test(key) ? value : `${value.slice(0, 12)}${text}${'W'.repeat(300)}`;
    if (Array.isArray(value)) return value.map(each => spoil(each, key));
    return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).map(([own, each]) => [own, spoil(each, own)])) : value;
  };
  return spoil(await clusterReport(), '') as Report;
}
