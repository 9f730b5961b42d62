import type {Check} from './check.ts';
import addressesAreApart from './addresses-are-apart.ts';
import apiserverCertificate from './apiserver-certificate.ts';
import apiserverEndpoints from './apiserver-endpoints.ts';
import apiserverService from './apiserver-service.ts';
import apiserverVipAnswers from './apiserver-vip-answers.ts';
import bridgeAsksRules from './bridge-asks-rules.ts';
import clientsAskClusterDns from './clients-ask-cluster-dns.ts';
import connectionsFit from './connections-fit.ts';
import conntrackCurrent from './conntrack-current.ts';
import corednsDeployed from './coredns-deployed.ts';
import corednsDoesNotLoop from './coredns-does-not-loop.ts';
import corednsKeepsUp from './coredns-keeps-up.ts';
import corednsKnowsCluster from './coredns-knows-cluster.ts';
import corednsPodsAnswer from './coredns-pods-answer.ts';
import corednsReadsCluster from './coredns-reads-cluster.ts';
import corednsReady from './coredns-ready.ts';
import corednsRunning from './coredns-running.ts';
import corednsSpread from './coredns-spread.ts';
import corefileServes from './corefile-serves.ts';
import corefileValid from './corefile-valid.ts';
import dnsAnswersPrompt from './dns-answers-prompt.ts';
import dnsServiceEndpoints from './dns-service-endpoints.ts';
import dnsServiceExists from './dns-service-exists.ts';
import dnsServicePorts from './dns-service-ports.ts';
import dnsServiceSelects from './dns-service-selects.ts';
import dnsServiceTargetPort from './dns-service-target-port.ts';
import dnsVipAnswers from './dns-vip-answers.ts';
import endpointsAgreeWithPods from './endpoints-agree-with-pods.ts';
import endpointsTakeConnections from './endpoints-take-connections.ts';
import endpointsUsable from './endpoints-usable.ts';
import kubeProxyClusterCidr from './kube-proxy-cluster-cidr.ts';
import kubeProxyConfigApplied from './kube-proxy-config-applied.ts';
import kubeProxyKeepsUp from './kube-proxy-keeps-up.ts';
import kubeProxyMode from './kube-proxy-mode.ts';
import kubeProxyNodeName from './kube-proxy-node-name.ts';
import kubeProxyOnEachNode from './kube-proxy-on-each-node.ts';
import kubeProxyRunning from './kube-proxy-running.ts';
import largePacketsPass from './large-packets-pass.ts';
import lookupsSucceed from './lookups-succeed.ts';
import neighboursFit from './neighbours-fit.ts';
import networkPluginRuns from './network-plugin-runs.ts';
import nodeCachesAnswer from './node-caches-answer.ts';
import policiesAllowClients from './policies-allow-clients.ts';
import policiesAllowDns from './policies-allow-dns.ts';
import overlayPasses from './overlay-passes.ts';
import podHasItsNetwork from './pod-has-its-network.ts';
import podNetworkCarries from './pod-network-carries.ts';
import podsReachApiserver from './pods-reach-apiserver.ts';
import podsReachThemselves from './pods-reach-themselves.ts';
import podsReady from './pods-ready.ts';
import podsRunning from './pods-running.ts';
import resolvConfWithinLimits from './resolv-conf-within-limits.ts';
import rulesBalance from './rules-balance.ts';
import rulesHooked from './rules-hooked.ts';
import rulesLeadToService from './rules-lead-to-service.ts';
import rulesMasquerade from './rules-masquerade.ts';
import rulesMatchEndpoints from './rules-match-endpoints.ts';
import rulesOfOneMode from './rules-of-one-mode.ts';
import rulesRead from './rules-read.ts';
import rulesSender from './rules-sender.ts';
import rulesSingleBackend from './rules-single-backend.ts';
import rulesUnhindered from './rules-unhindered.ts';
import searchDomainsHonest from './search-domains-honest.ts';
import searchListsFit from './search-lists-fit.ts';
import selectorMatchesPods from './selector-matches-pods.ts';
import serviceAddress from './service-address.ts';
import serviceAddressAnswers from './service-address-answers.ts';
import serviceExists from './service-exists.ts';
import serviceHasPort from './service-has-port.ts';
import targetPortResolves from './target-port-resolves.ts';
import trafficPolicy from './traffic-policy.ts';
import upstreamsAnswer from './upstreams-answer.ts';

/** What is asked of a node, whatever the Services. */
export const nodeChecks: readonly Check[] = [
  kubeProxyOnEachNode,
  kubeProxyRunning,
  kubeProxyMode,
  kubeProxyConfigApplied,
  kubeProxyNodeName,
  kubeProxyKeepsUp,
  rulesRead,
  rulesHooked,
  rulesLeadToService,
  rulesMatchEndpoints,
  rulesBalance,
  rulesMasquerade,
  rulesSender,
  rulesSingleBackend,
  rulesOfOneMode,
  rulesUnhindered,
];

/** The pod network: of a Service's endpoints, or of nodes. */
export const networkChecks: readonly Check[] = [
  networkPluginRuns,
  podNetworkCarries,
  overlayPasses,
  largePacketsPass,
  bridgeAsksRules,
  podsReachThemselves,
  neighboursFit,
];

/** The checks of `kdiag nodes`. */
export const nodesChecks: readonly Check[] = [addressesAreApart, ...networkChecks, kubeProxyClusterCidr, ...nodeChecks, connectionsFit];

/** The check of `kdiag pod`. */
export const podChecks: readonly Check[] = [podHasItsNetwork];

/** The checks of `kdiag apiserver-vip`, in the order of the chain. */
export const apiserverChecks: readonly Check[] = [
  apiserverService,
  apiserverEndpoints,
  apiserverCertificate,
  addressesAreApart,
  ...networkChecks,
  kubeProxyClusterCidr,
  ...nodeChecks,
  connectionsFit,
  apiserverVipAnswers,
  podsReachApiserver,
];

/** The checks of `kdiag dns`, in the order of the chain. */
export const dnsChecks: readonly Check[] = [
  clientsAskClusterDns,
  searchListsFit,
  resolvConfWithinLimits,
  searchDomainsHonest,
  dnsServiceExists,
  dnsServicePorts,
  dnsServiceTargetPort,
  dnsServiceSelects,
  corednsDeployed,
  corednsRunning,
  corednsReady,
  corefileValid,
  corefileServes,
  corednsDoesNotLoop,
  corednsReadsCluster,
  corednsKeepsUp,
  upstreamsAnswer,
  corednsSpread,
  targetPortResolves,
  endpointsAgreeWithPods,
  dnsServiceEndpoints,
  trafficPolicy,
  policiesAllowDns,
  addressesAreApart,
  ...networkChecks,
  ...nodeChecks,
  conntrackCurrent,
  corednsPodsAnswer,
  corednsKnowsCluster,
  dnsAnswersPrompt,
  nodeCachesAnswer,
  dnsVipAnswers,
  lookupsSucceed,
];

/** Of each Service, in `kdiag check`: what it, its pods and its endpoints are. Nodes and their rules are asked about once, for all Services. */
const eachServiceChecks: readonly Check[] = [
  serviceAddress,
  selectorMatchesPods,
  podsRunning,
  podsReady,
  targetPortResolves,
  endpointsAgreeWithPods,
  endpointsUsable,
  endpointsTakeConnections,
  trafficPolicy,
  policiesAllowClients,
];

/** The checks of `kdiag check`, by the question that they belong to. */
export const clusterChecks = {nodes: nodesChecks, apiserver: apiserverChecks, dns: dnsChecks, service: eachServiceChecks} as const;

/** The checks of `kdiag svc`, in the order of the chain. New checks are added here by `npm run new-check`. */
export const serviceChecks: readonly Check[] = [
  serviceExists,
  serviceHasPort,
  serviceAddress,
  selectorMatchesPods,
  podsRunning,
  podsReady,
  targetPortResolves,
  endpointsAgreeWithPods,
  endpointsUsable,
  endpointsTakeConnections,
  trafficPolicy,
  policiesAllowClients,
  addressesAreApart,
  ...networkChecks,
  ...nodeChecks,
  serviceAddressAnswers,
  connectionsFit,
];
