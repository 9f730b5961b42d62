import {client} from './client.ts';
import {clusterCa} from './cluster-ca.ts';
import {comparisons} from './comparisons.ts';
import type {FactName, Learn} from './facts.ts';
import {nameRecords} from './name-records.ts';
import {namespacePods} from './namespace-pods.ts';
import {conntrack} from './conntrack.ts';
import {policies} from './policies.ts';
import {endpointAnswers} from './endpoint-answers.ts';
import {endpointSockets} from './endpoint-sockets.ts';
import {networkAnswers} from './network-answers.ts';
import {networkLosses} from './network-losses.ts';
import {networks} from './networks.ts';
import {nodeReadings} from './node-readings.ts';
import {nodeRules} from './node-rules.ts';
import {unknown} from '../cluster/answer.ts';
import {apiAnswers, apiServers} from './api-answers.ts';
import {proxyReports} from './proxy-reports.ts';
import {proxyServers} from './proxy-servers.ts';
import {clientPlaces} from './client-places.ts';
import {serviceCidrs} from './service-cidrs.ts';
import {apiService} from './api-service.ts';
import {dnsAnswers} from './dns-answers.ts';
import {cutOffPods} from './cut-off-pods.ts';
import {dnsLogs} from './dns-logs.ts';
import {dnsPlaces} from './dns-places.ts';
import {dnsPods} from './dns-pods.ts';
import {dnsRole} from './dns-role.ts';
import {dnsService} from './dns-service.ts';
import {corefile} from './corefile.ts';
import {clusterDomain} from './cluster-domain.ts';
import {resolvers} from './resolvers.ts';
import {upstreams} from './upstreams.ts';
import {examinedNodes, nodes, windowsNodes} from './nodes.ts';
import {podEvents} from './pod-events.ts';
import {podLogs} from './pod-logs.ts';
import {pluginPods} from './plugin-pods.ts';
import {podView} from './pod-view.ts';
import {pods} from './pods.ts';
import {proxies} from './proxies.ts';
import {proxyLogs} from './proxy-logs.ts';
import {service} from './service.ts';
import {servicePolicies} from './service-policies.ts';
import {services} from './services.ts';
import {similarServices} from './similar-services.ts';
import {slices} from './slices.ts';
import {systemPods} from './system-pods.ts';
import {workloads} from './workloads.ts';

/** Fact → how it is learned. */
export const learners: {readonly [N in FactName]: Learn<N>} = {
  target: async ({one}) => one(),
  dnsTarget: async ({target, take}) => (target.kind === 'dns' ? target : take<never>(unknown('not-asked', 'no question about DNS was asked'))),
  now: async ({cluster}) => cluster.now,
  service, services, similarServices, slices, pods, namespacePods, workloads, podEvents, podLogs, nodes, examinedNodes, windowsNodes, client, systemPods, proxies, proxyLogs, nodeReadings, nodeRules, comparisons,
  proxyReports, proxyServers, networks, networkAnswers, networkLosses, endpointAnswers, endpointSockets, pluginPods, podView, servicePolicies,
  apiService, apiServers, apiAnswers, clusterCa, cutOffPods, serviceCidrs, clientPlaces, dnsService, dnsPods, dnsLogs, dnsRole, dnsPlaces, resolvers, corefile, clusterDomain, upstreams, conntrack, policies, dnsAnswers, nameRecords,
};
