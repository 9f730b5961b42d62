import type {ReportedPlace} from '../../../src/diagnose/dns-report.ts';
import type {Report, ReportedFinding} from '../../../src/diagnose/report.ts';

/** Reports made by hand, for tests of what is done with a report. */
export const healthyReport: Report = {
  schemaVersion: 'kdiag.report/v1',
  kdiag: {version: '1.2.3'},
  command: {name: 'svc', args: {service: 'cart', namespace: 'shop'}},
  source: {kind: 'live', context: 'production', server: 'v1.36.3'},
  status: 'healthy',
  verdict: {summary: 'Service shop/cart is healthy', rootCauses: []},
  findings: [],
  checks: [{id: 'service-exists', link: 'Service', question: 'The Service exists', outcome: 'pass', note: 'shop/cart exists', findings: [], ms: 1}],
  reach: [{from: {kind: 'Node', name: 'node1'}, to: 'shop/cart:80/TCP', predicted: 1}],
  startedAt: '2026-11-01T10:00:00.000Z',
  ms: 12,
};

export const stale: ReportedFinding = {
  id: 'rules-stale-endpoint/Node/node1', code: 'rules-stale-endpoint', level: 'error', subject: {kind: 'Node', namespace: null, name: 'node1'},
  message: 'node1 sends 33 % of the connections to Service shop/cart to 10.244.1.99:8080, which is no ready endpoint of it',
  args: {service: 'shop/cart', node: 'node1', addresses: ['10.96.0.7:80/TCP'], endpoints: ['10.244.1.99:8080'], share: 1 / 3},
  remedy: ['kubectl delete pod -n kube-system -l k8s-app=kube-proxy --field-selector spec.nodeName=node1   # it comes back and writes all rules anew'],
  docs: 'docs/findings/rules-stale-endpoint.md',
  evidence: [{kind: 'rule', from: 'node1: iptables-nft, nat', text: '-A KUBE-SEP-ABCDEFGHIJKLMNOP -p tcp -m tcp -j DNAT --to-destination 10.244.1.99:8080'}],
  explains: ['rules-missing-endpoint/Node/node1'], confidence: 'proven',
};

export const missing: ReportedFinding = {
  ...stale, id: 'rules-missing-endpoint/Node/node1', code: 'rules-missing-endpoint', message: 'On node1 the rules of Service shop/cart lack 10.244.1.3:8080, which is ready',
  docs: 'docs/findings/rules-missing-endpoint.md', explains: [],
};

export const brokenReport: Report = {
  ...healthyReport,
  status: 'broken',
  verdict: {summary: stale.message, rootCauses: [stale]},
  findings: [stale, missing],
  checks: [
    ...healthyReport.checks,
    {id: 'rules-match-endpoints', link: 'Node rules', question: "Each node's rules lead to the right endpoints", outcome: 'fail', findings: [stale.id, missing.id], ms: 2},
  ],
  reach: [{from: {kind: 'Node', name: 'node1'}, to: 'shop/cart:80/TCP', predicted: 2 / 3, lostAt: 'KUBE-SEP-ABCDEFGHIJKLMNOP'}],
};

const lacked = 'services "cart" is forbidden: User "eve" cannot get resource "services" in API group "" in the namespace "shop"';
const permission: ReportedFinding = {
  id: 'permission-missing/Cluster/permissions', code: 'permission-missing', level: 'warning', subject: {kind: 'Cluster', namespace: null, name: 'permissions'},
  message: `kdiag was not allowed to look at everything: ${lacked}`, args: {lacked: [lacked]}, remedy: [], docs: 'docs/findings/permission-missing.md',
  evidence: [{kind: 'object', from: 'API server', text: lacked}], explains: [], confidence: 'proven',
};

export const unknownReport: Report = {
  ...healthyReport,
  status: 'unknown',
  verdict: {summary: `kdiag could not tell whether Service shop/cart works: ${lacked}`, rootCauses: [permission]},
  findings: [permission],
  checks: [{id: 'service-exists', link: 'Service', question: 'The Service exists', outcome: 'unknown', why: lacked, findings: [], ms: 0}],
  reach: [{from: {kind: 'Node', name: 'node1'}, to: 'shop/cart', predicted: null, lostAt: `could not tell: ${lacked}`}],
};

const [pod, node]: readonly ReportedPlace[] = [{kind: 'Pod', namespace: 'shop', name: 'cart-1', node: 'node1'}, {kind: 'Node', namespace: null, name: 'node1', node: 'node1'}];
const asked = {question: {name: 'kubernetes.default.svc.cluster.local', type: 'A'}, tries: 5, answered: 5, said: 'NOERROR 10.96.0.1', ms: {median: 0.3, most: 0.6}, failures: {}, via: "kdiag's probe in a debug pod on node1"};

export const dnsReport: Report = {
  ...healthyReport,
  command: {name: 'dns', args: {name: 'web', namespace: 'shop'}},
  reach: [{from: {kind: 'Node', name: 'node1'}, to: 'kube-system/kube-dns:53/UDP', predicted: 1, probed: {tries: 10, ok: 10}}],
  dns: {
    domain: 'cluster.local',
    resolvers: [
      {at: pod!, source: 'read', nameservers: ['10.96.0.10'], search: ['shop.svc.cluster.local', 'svc.cluster.local', 'cluster.local'], options: ['ndots:5'], libcs: [{kind: 'musl', seen: '/lib/ld-musl-x86_64.so.1', sure: true}]},
      {at: node!, source: 'none', nameservers: [], search: [], options: [], libcs: [{kind: 'glibc', seen: 'nothing there tells which libc it is', sure: false}], why: 'no debug pod may be made'},
    ],
    lookups: [{
      at: pod!, name: 'web', libc: 'musl', outcome: 'found', winner: 'web.shop.svc.cluster.local', queries: 2, most: 8,
      candidates: [
        {name: 'web.shop.svc.cluster.local', domain: 'shop.svc.cluster.local', asked: true, answers: [{type: 'A', server: '10.96.0.10', said: '10.104.7.3', ms: 0.4}, {type: 'AAAA', server: '10.96.0.10', said: 'NOERROR without data', ms: 0.4}]},
        {name: 'web', domain: null, asked: false, answers: [{type: 'A', server: '10.96.0.10', said: 'timed-out', ms: null}]},
      ],
    }],
    matrix: [
      {...asked, from: pod!, to: {kind: 'pod', name: 'kube-system/coredns-1', address: '10.244.1.2', port: 53}, protocol: 'UDP'},
      {...asked, from: node!, to: {kind: 'vip', name: '10.96.0.10', address: '10.96.0.10', port: 53}, protocol: 'TCP', answered: 3, failures: {'timed-out': 2}},
      {...asked, from: node!, to: {kind: 'upstream', name: '192.0.2.53', address: '192.0.2.53', port: 53}, protocol: 'UDP', tries: 0, answered: 0, said: 'nothing', ms: null, via: null, why: 'no debug pod may be made'},
    ],
  },
};

export const nodesReport: Report = {
  ...brokenReport,
  command: {name: 'nodes', args: {}},
  nodes: [
    {name: 'node1', ready: true, kubeProxy: 'runs', mode: 'iptables', rules: 'differ', ways: 4, losing: 1, findings: [stale.id, missing.id]},
    {name: 'node2', ready: false, kubeProxy: 'missing', mode: null, rules: 'unread', ways: 0, losing: 0, findings: []},
    {name: 'win1', ready: true, kubeProxy: 'missing', mode: null, rules: 'none expected', ways: 0, losing: 0, findings: []},
  ],
};
