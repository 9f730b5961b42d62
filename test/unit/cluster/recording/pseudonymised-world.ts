import {known, unknown} from '../../../../src/cluster/answer.ts';
import type {KubeObject} from '../../../../src/cluster/objects.ts';
import type {Exchange} from '../../../../src/cluster/recording/recording.ts';
import {reading} from '../world.ts';
import {recordingOf} from './recordings.ts';

/** Words that must not be found in a pseudonymised recording of the cluster below, in whatever part of it. */
export const secrets = ['acme', 'warehouse', 'ledger', 'payroll', 'frankfurt', 'miller', 'hunter2', '10.20.', '10.77.', '198.51.100', 'fd77', '0A4D', '3c7cdeff1234'];

const uid = '11111111-2222-3333-4444-555555555555';

const object = (kind: string, namespace: string | undefined, name: string, rest: object = {}, metadata: object = {}): KubeObject => ({
  apiVersion: kind === 'Deployment' ? 'apps/v1' : kind === 'EndpointSlice' ? 'discovery.k8s.io/v1' : 'v1', kind,
  metadata: {name, ...(namespace === undefined ? {} : {namespace}), uid, ...metadata}, ...rest,
}) as KubeObject;

export const service = object('Service', 'warehouse', 'ledger', {
  spec: {
    type: 'LoadBalancer', clusterIP: '10.77.5.9', clusterIPs: ['10.77.5.9', 'fd77:1::9'], externalIPs: ['198.51.100.7'], selector: {app: 'ledger', 'acme.example/team': 'payroll'},
    ports: [{name: 'http', port: 80, targetPort: 'web', nodePort: 30080}], loadBalancerSourceRanges: ['198.51.100.0/24'], loadBalancerClass: 'acme.example/lb',
  },
  status: {loadBalancer: {ingress: [{hostname: 'ledger-7.elb.acme.com'}]}},
}, {annotations: {'service.beta.kubernetes.io/aws-load-balancer-ssl-cert': 'arn:aws:acm:frankfurt:1234:certificate/acme'}});

export const alias = object('Service', 'warehouse', 'alias', {spec: {type: 'ExternalName', externalName: 'db.frankfurt.acme.com'}});

const template = {
  metadata: {labels: {app: 'ledger', 'acme.example/team': 'payroll'}},
  spec: {
    containers: [{name: 'ledger-app', image: 'registry.acme.com/ledger:1.4.2', ports: [{name: 'web', containerPort: 8080}], env: [{name: 'ACME_URL'}], readinessProbe: {httpGet: {path: '/payroll/healthz', port: 'web', host: 'ledger.acme.com'}}}],
    nodeSelector: {'acme.example/pool': 'frankfurt', 'kubernetes.io/os': 'linux'},
    tolerations: [{key: 'acme.example/pool', operator: 'Equal', value: 'frankfurt', effect: 'NoSchedule'}],
    volumes: [{name: 'x', secret: {secretName: 'acme-secret'}}], serviceAccountName: 'payroll', imagePullSecrets: [{name: 'acme'}],
  },
};

export const deployment = object('Deployment', 'warehouse', 'ledger', {spec: {replicas: 1, selector: {matchLabels: {app: 'ledger'}}, template}});

export const pod = object('Pod', 'warehouse', 'ledger-58944f86fd-c8qxj', {
  spec: {...template.spec, nodeName: 'frankfurt-1.acme.com'},
  status: {
    podIP: '10.20.3.4', podIPs: [{ip: '10.20.3.4'}, {ip: 'fd77:2::3:4'}], hostIP: '198.51.100.21',
    conditions: [{type: 'target-health.acme.example/ledger', status: 'False', message: 'warehouse/ledger at 10.20.3.4 says no'}],
    containerStatuses: [{name: 'ledger-app', image: 'registry.acme.com/ledger:1.4.2', imageID: 'registry.acme.com/ledger@sha256:acme', state: {waiting: {reason: 'CrashLoopBackOff', message: 'back-off 10s restarting failed container=ledger-app pod=ledger-58944f86fd-c8qxj_warehouse(11111111-2222-3333-4444-555555555555)'}}}],
  },
}, {labels: {...template.metadata.labels, 'pod-template-hash': '58944f86fd', 'app.kubernetes.io/instance': 'ledger'}, ownerReferences: [{apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'ledger-58944f86fd', uid, controller: true}], annotations: {'acme.example/note': 'x'}});

export const slice = object('EndpointSlice', 'warehouse', 'ledger-x7k2p', {
  addressType: 'IPv4', ports: [{name: 'http', port: 8080}],
  endpoints: [{addresses: ['10.20.3.4'], nodeName: 'frankfurt-1.acme.com', zone: 'zone-a', targetRef: {kind: 'Pod', namespace: 'warehouse', name: 'ledger-58944f86fd-c8qxj', uid}, hints: {forZones: [{name: 'zone-a'}], forNodes: [{name: 'frankfurt-1.acme.com'}]}}],
}, {labels: {'kubernetes.io/service-name': 'ledger', 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io'}});

export const node = object('Node', undefined, 'frankfurt-1.acme.com', {
  spec: {podCIDR: '10.20.3.0/24', podCIDRs: ['10.20.3.0/24', 'fd77:2::/64'], providerID: 'aws:///frankfurt-1a/i-acme', taints: [{key: 'acme.example/pool', value: 'frankfurt', effect: 'NoSchedule'}]},
  status: {addresses: [{type: 'InternalIP', address: '198.51.100.21'}, {type: 'Hostname', address: 'frankfurt-1.acme.com'}, {type: 'InternalDNS', address: 'ip-10-20-9-9.frankfurt.acme.com'}], images: [{names: ['registry.acme.com/ledger:1']}], nodeInfo: {machineID: 'acme', kubeletVersion: 'v1.36.3', kernelVersion: '6.1.0'}},
}, {labels: {'kubernetes.io/hostname': 'frankfurt-1.acme.com', 'acme.example/pool': 'frankfurt', 'kubernetes.io/os': 'linux'}});

export const policy = object('NetworkPolicy', 'warehouse', 'ledger-only-payroll', {spec: {
  podSelector: {matchExpressions: [{key: 'acme.example/team', operator: 'In', values: ['payroll', 'miller']}]}, policyTypes: ['Ingress', 'Egress'],
  ingress: [{from: [{namespaceSelector: {matchLabels: {'kubernetes.io/metadata.name': 'warehouse'}}, podSelector: {matchLabels: {app: 'ledger'}}}], ports: [{protocol: 'TCP', port: 'web'}]}],
  egress: [{to: [{ipBlock: {cidr: '10.20.0.0/16', except: ['10.20.9.0/24']}}], ports: [{protocol: 'UDP', port: 53, endPort: 54}]}],
}});

const event = object('Event', 'warehouse', 'ledger-58944f86fd-c8qxj.17f', {
  involvedObject: {kind: 'Pod', namespace: 'warehouse', name: 'ledger-58944f86fd-c8qxj', uid}, type: 'Warning', reason: 'Unhealthy', source: {host: 'frankfurt-1.acme.com'},
  message: 'Readiness probe failed: Get "http://10.20.3.4:8080/payroll/healthz": dial tcp 10.20.3.4:8080: connect: connection refused; Pulling image "registry.acme.com/other:2"; Successfully assigned warehouse/ledger-58944f86fd-c8qxj to frankfurt-1.acme.com',
});

const kubeProxy = object('ConfigMap', 'kube-system', 'kube-proxy', {data: {
  'config.conf': 'mode: iptables\nclusterCIDR: 10.20.0.0/16,fd77:2::/48\nhostnameOverride: frankfurt-1.acme.com\n',
  'kubeconfig.conf': 'server: https://api.frankfurt.acme.com:6443\n',
}});

/** Chains as kube-proxy names them for warehouse/ledger:http, and one of a Service that nothing else tells about. */
export const rules = `# Generated by iptables-save v1.8.9 (nf_tables) on Sat Nov 21 09:38:19 2026
*nat
:KUBE-SVC-WDUJ6XGWJ2BTPXPE - [0:0]
-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A KUBE-SERVICES -d 10.77.5.9/32 -p tcp -m comment --comment "warehouse/ledger:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-2H2ZRBRVXXSF6WUW
-A KUBE-SERVICES -d 10.77.6.1/32 -p tcp -m comment --comment "payroll/miller has no endpoints" -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable
-A KUBE-SVC-2H2ZRBRVXXSF6WUW ! -s 10.20.0.0/16 -d 10.77.5.9/32 -p tcp -m comment --comment "warehouse/ledger:http cluster IP" -m tcp --dport 80 -j KUBE-MARK-MASQ
-A KUBE-SVC-2H2ZRBRVXXSF6WUW -m comment --comment "warehouse/ledger:http -> 10.20.3.4:8080" -j KUBE-SEP-BSEC5GU7ZUBUVH22
-A KUBE-SEP-BSEC5GU7ZUBUVH22 -p tcp -m comment --comment "warehouse/ledger:http" -m tcp -j DNAT --to-destination 10.20.3.4:8080
-A FORWARD -s 10.20.0.0/16 -m comment --comment "opened for ledger at 198.51.100.9" -j ACCEPT
COMMIT
`;

export const exchanges: readonly Exchange[] = [
  {ask: 'version', answer: known('v1.36.3')},
  {ask: 'get', resource: 'namespaces', namespace: null, name: 'kube-system', answer: known(object('Namespace', undefined, 'kube-system'))},
  {ask: 'get', resource: 'services', namespace: 'warehouse', name: 'ledger', answer: known(service)},
  {ask: 'get', resource: 'services', namespace: 'payroll', name: 'miller', answer: known(null)},
  {ask: 'get', resource: 'configmaps', namespace: 'kube-system', name: 'kube-proxy', answer: known(kubeProxy)},
  {ask: 'list', query: {resource: 'services', namespace: 'warehouse'}, answer: known([alias, service])},
  {ask: 'list', query: {resource: 'deployments', namespace: 'warehouse'}, answer: known([deployment])},
  {ask: 'list', query: {resource: 'pods', namespace: 'warehouse', labelSelector: 'acme.example/team=payroll,app=ledger'}, answer: known([pod])},
  {ask: 'list', query: {resource: 'pods', fieldSelector: 'spec.nodeName=frankfurt-1.acme.com'}, answer: known([pod])},
  {ask: 'list', query: {resource: 'endpointslices', namespace: 'warehouse', labelSelector: 'kubernetes.io/service-name=ledger'}, answer: known([slice])},
  {ask: 'list', query: {resource: 'networkpolicies', namespace: 'warehouse'}, answer: known([policy])},
  {ask: 'list', query: {resource: 'nodes'}, answer: known([node])},
  {ask: 'list', query: {resource: 'events', namespace: 'warehouse', fieldSelector: 'involvedObject.kind=Pod,involvedObject.name=ledger-58944f86fd-c8qxj'}, answer: known([event])},
  {ask: 'list', query: {resource: 'daemonsets', namespace: 'payroll'}, answer: unknown('forbidden', 'daemonsets.apps is forbidden: User "miller@acme.com" cannot list resource "daemonsets" in API group "apps" in the namespace "payroll"')},
  {ask: 'log', query: {namespace: 'kube-system', pod: 'kube-proxy-x7k2p', container: 'kube-proxy', previous: false, lines: 50}, answer: known('I1121 09:38:08.762163       1 proxier.go:9] "Adding new service port" portName="payroll/miller:http" servicePort="10.77.6.1:80/TCP"\nE1121 09:38:09.1 1 reflector.go:1] failed to list *v1.Node: Get "https://api.frankfurt.acme.com:6443/api/v1/nodes?fieldSelector=metadata.name%3Dfrankfurt-1.acme.com": dial tcp: lookup api.frankfurt.acme.com on 10.77.0.10:53: no such host\n')},
  {ask: 'log', query: {namespace: 'warehouse', pod: 'ledger-58944f86fd-c8qxj', container: 'ledger-app', previous: true, lines: 5}, answer: known('password hunter2 refused\n')},
  {ask: 'node', node: 'frankfurt-1.acme.com', answer: known(reading('frankfurt-1.acme.com', {
    'iptables-nft-save': rules, processes: 'kube-proxy kube-proxy --hostname-override=frankfurt-1.acme.com \n', ip_vs: 'TCP  0A4D0509:0050 rr\n',
    if_inet6: 'fd7700013c7cdeff1234000000000001 02 40 20 80     eth0\n', fib_trie: '  +-- 10.20.3.0/24 2 0 2\n     |-- 10.20.3.1\n        /32 host LOCAL\n', sysctl: 'net/ipv4/ip_forward = 1\n',
  }))},
];

export const recording = recordingOf(exchanges);
