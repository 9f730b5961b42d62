import type {Words} from '../wording.ts';
import {count, inNamespace, list} from './phrases.ts';

type Own =
  | 'service-selector-matches-no-pod' | 'service-pods-not-running' | 'service-pods-not-ready' | 'service-target-port-unresolved'
  | 'service-protocol-mismatch' | 'endpoints-disagree-with-pods' | 'endpoints-terminating-only' | 'service-without-endpoints'
  | 'endpoints-wrong-ip-family' | 'external-policy-without-local-endpoint' | 'internal-policy-without-local-endpoint';

export const endpointWords: {readonly [C in Own]: Words<C>} = {
  'service-selector-matches-no-pod': {
    title: 'No pod has the labels that the Service selects',
    level: 'error',
    link: 'Endpoints',
    message: ({reason, service, selector, nearest, workload}) => {
      if (reason === 'scaled-to-zero') return `Service ${service} has no pods: ${workload} is scaled to 0`;
      if (reason === 'label-mismatch' && nearest !== null) {
        const wrong = nearest.wrong.map(({key, wanted, has}) => (has === null ? `${key}=${wanted} is missing` : `${key} is “${has}”, not “${wanted}”`));
        return `Service ${service} selects ${selector}, which no pod has; pod ${nearest.pod} comes nearest: ${list(wrong)}`;
      }
      return `Service ${service} selects ${selector}, and no pod of its namespace has these labels`;
    },
    remedy: ({reason, service, nearest, workload}) => {
      const namespace = service.split('/')[0] ?? '';
      if (reason === 'scaled-to-zero') return [`kubectl scale -n ${namespace} ${workload} --replicas=1`];
      const missing = nearest?.wrong.find(({has}) => has !== null);
      const patch = missing === undefined ? [] : [`kubectl patch service ${inNamespace(service)} -p '${JSON.stringify({spec: {selector: {[missing.key]: missing.has}}})}'`];
      return [...patch, `kubectl get pods -n ${namespace} --show-labels`];
    },
  },
  'service-pods-not-running': {
    title: 'Pods of the Service are not running',
    level: 'error',
    link: 'Endpoints',
    message: ({service, pods, detail, usable, total}) => `${usable === 0 ? 'No pod' : `Only ${usable} of ${count(total, 'pod')}`} of Service ${service} can answer: ${list(pods, 2)} ${pods.length === 1 ? 'is' : 'are'} not running (${detail})`,
    remedy: ({reason, service, pods}) => {
      const namespace = service.split('/')[0] ?? '';
      if (reason === 'completed') return [`kubectl get pods -n ${namespace} --show-labels   # the Service selects pods of a Job: should it?`];
      if (reason === 'terminating') return [`kubectl get pods -n ${namespace} -o wide`];
      const logs = reason === 'crash-loop' || reason === 'failed' ? [`kubectl logs -n ${namespace} ${pods[0]} --previous`] : [];
      return [...logs, `kubectl describe pod -n ${namespace} ${pods[0]}`];
    },
  },
  'service-pods-not-ready': {
    title: 'Pods of the Service run and are not ready',
    level: 'error',
    link: 'Endpoints',
    message: ({service, pods, detail, usable, total}) => `${usable === 0 ? 'No pod' : `Only ${usable} of ${count(total, 'pod')}`} of Service ${service} ${usable < 2 ? 'is' : 'are'} ready: ${list(pods, 2)} ${pods.length === 1 ? 'runs' : 'run'}, but ${detail}`,
    remedy: ({reason, service, pods}) => {
      const namespace = service.split('/')[0] ?? '';
      const describe = `kubectl describe pod -n ${namespace} ${pods[0]}`;
      switch (reason) {
        case 'readiness-gate': return [describe, '# and ask who should set that condition: a controller of a load balancer or of a mesh'];
        case 'not-ready': return [describe, 'kubectl get nodes'];
        case 'starting': return [describe, `kubectl logs -n ${namespace} ${pods[0]}`, '# then wait, or correct the startup probe or the application'];
        case 'readiness-probe': return [describe, `kubectl logs -n ${namespace} ${pods[0]}`, '# then correct the readiness probe (port, path, time-out) or the application'];
      }
    },
  },
  'service-target-port-unresolved': {
    title: 'No container has the port that the Service names',
    level: 'error',
    link: 'Endpoints',
    message: ({service, port, targetPort, has, pods, total}) => `Service ${service} sends port ${port} to the container port named “${targetPort}”, which ${pods === total ? 'no pod has' : `${pods} of ${count(total, 'pod')} ${pods === 1 ? 'lacks' : 'lack'}`}; ${has.length === 0 ? 'their containers name no port' : `their ports are ${list(has)}`}`,
    remedy: ({service, has}) => [
      ...(has[0] === undefined ? [] : [`# set targetPort to ${has[0]}, or give the container port that name:`]),
      `kubectl edit service ${inNamespace(service)}`,
    ],
  },
  'service-protocol-mismatch': {
    title: 'The Service and the container name different protocols',
    level: 'error',
    link: 'Endpoints',
    message: ({service, port, protocol, targetPort, podProtocol, seen}) => `Service ${service} sends ${port} as ${protocol} to port ${targetPort}, ${seen === 'declared' ? `which the pods declare as ${podProtocol}` : `where the pods listen on ${podProtocol} only`}`,
    remedy: ({service, podProtocol}) => [`# set the port's protocol to ${podProtocol}, if that is what the application speaks:`, `kubectl edit service ${inNamespace(service)}`],
  },
  'endpoints-disagree-with-pods': {
    title: 'The EndpointSlices are not what the pods are',
    level: 'error',
    link: 'Endpoints',
    message: ({reason, service, endpoints, slices}) => {
      const which = list(endpoints);
      switch (reason) {
        case 'missing': return `Ready pods of Service ${service} are not among the ready endpoints of its EndpointSlices: ${which}`;
        case 'gone-pod': return `EndpointSlices of Service ${service} hold addresses of pods that are gone: ${which}`;
        case 'wrong-address': return `EndpointSlices of Service ${service} hold another address than the pod has: ${which}`;
        case 'foreign': return `EndpointSlice ${list(slices)}, which Kubernetes does not manage, adds ${which} to Service ${service}, and no pod that it selects has that address`;
        case 'mirrored': return `EndpointSlice ${list(slices)}, a copy of an Endpoints object, adds ${which} to Service ${service}, and no pod that it selects has that address`;
        case 'not-ready': return `EndpointSlices of Service ${service} call ${which} ready, and the pods are not`;
      }
    },
    remedy: ({reason, service, slices}) => {
      const namespace = service.split('/')[0] ?? '';
      if (reason === 'foreign') return [`kubectl get endpointslice -n ${namespace} ${slices[0]} -o yaml`, `kubectl delete endpointslice -n ${namespace} ${slices[0]}`];
      if (reason === 'mirrored') return [`kubectl delete endpointslice -n ${namespace} ${slices[0]}`, `kubectl get endpoints ${inNamespace(service)} -o yaml   # what it was copied from: delete that too if it comes back`];
      return ['# the EndpointSlice controller is part of kube-controller-manager: is it running?', 'kubectl get pods -n kube-system -l component=kube-controller-manager', `kubectl delete endpointslice -n ${namespace} ${slices[0] ?? `-l kubernetes.io/service-name=${service.split('/')[1]}`}   # it is made anew`];
    },
  },
  'endpoints-terminating-only': {
    title: 'Only terminating pods are left',
    level: 'warning',
    link: 'Endpoints',
    message: ({service, endpoints}) => `Service ${service} has no ready endpoint: only terminating pods still answer (${list(endpoints)}), and they go soon`,
    remedy: ({service}) => [`kubectl get pods -n ${service.split('/')[0]} -o wide`],
  },
  'endpoints-wrong-ip-family': {
    title: 'The Service has an address of a family in which it has no endpoint',
    level: 'error',
    link: 'Endpoints',
    message: ({service, family, has, addresses}) => `Service ${service} has the ${family} address ${list(addresses)}, and its endpoints have ${has} addresses only: the nodes refuse what is sent there`,
    remedy: ({service, has}) => [
      `kubectl get pods -n ${service.split('/')[0]} -o custom-columns=NAME:.metadata.name,IPS:.status.podIPs`,
      `# if the pods have ${has} addresses only, the Service should too:`,
      `kubectl patch service ${inNamespace(service)} --type merge -p '${JSON.stringify({spec: {ipFamilyPolicy: 'SingleStack'}})}'`,
    ],
  },
  'service-without-endpoints': {
    title: 'The Service has no endpoint',
    level: 'error',
    link: 'Endpoints',
    message: ({reason, service, ports}) => {
      if (reason === 'port-name') return `The EndpointSlices of Service ${service}, which were made by hand, have no port for ${list(ports)}: names and protocols must be the Service's`;
      if (reason === 'pods-unseen') return `Service ${service} has no endpoint that takes connections on ${list(ports)}; why, its pods would tell`;
      if (reason === 'not-ready') return `The endpoints of Service ${service}, which were made by hand, are all marked as not ready`;
      return `Service ${service} has no selector, and nobody has made an EndpointSlice for it`;
    },
    remedy: ({service}) => [`kubectl get endpointslices -n ${service.split('/')[0]} -l kubernetes.io/service-name=${service.split('/')[1]} -o yaml`],
  },
  'external-policy-without-local-endpoint': {
    title: 'externalTrafficPolicy is Local, and the node has no endpoint',
    level: 'error',
    link: 'Endpoints',
    message: ({service, node, ways, with: nodes, behindHealthCheck}) =>
      `${node} has no endpoint of Service ${service} and drops what comes in from outside by ${list(ways)}, because externalTrafficPolicy is Local${nodes.length === 0 ? '' : ` (endpoints are on ${list(nodes)})`}${behindHealthCheck ? '; its load balancer should see that by the health check and avoid the node' : ''}`,
    remedy: ({service, with: nodes}) => [
      ...(nodes[0] === undefined ? [] : [`# send clients to ${nodes[0]} only, or run a pod on every node, or give up the client's address:`]),
      `kubectl patch service ${inNamespace(service)} -p '{"spec":{"externalTrafficPolicy":"Cluster"}}'`,
    ],
  },
  'internal-policy-without-local-endpoint': {
    title: 'internalTrafficPolicy is Local, and the node has no endpoint',
    level: 'error',
    link: 'Endpoints',
    message: ({service, node, with: nodes}) => `${node} has no endpoint of Service ${service} and drops what its pods send there, because internalTrafficPolicy is Local${nodes.length === 0 ? '' : ` (endpoints are on ${list(nodes)})`}`,
    remedy: ({service}) => ['# run a pod on every node, or let clients go to other nodes:', `kubectl patch service ${inNamespace(service)} -p '{"spec":{"internalTrafficPolicy":"Cluster"}}'`],
  },
};
