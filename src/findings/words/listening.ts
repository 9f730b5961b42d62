import type {Words} from '../wording.ts';
import {inNamespace, list, percent} from './phrases.ts';

type Own = 'app-listens-on-loopback-only' | 'service-target-port-not-listening' | 'endpoint-not-answering' | 'service-vip-not-answering';

export const listeningWords: {readonly [C in Own]: Words<C>} = {
  'app-listens-on-loopback-only': {
    title: 'The program listens on its loopback address only',
    level: 'error',
    link: 'Endpoints',
    message: ({service, targetPort, pods, address}) => `${list(pods)}, behind Service ${service}, ${pods.length === 1 ? 'listens' : 'listen'} on ${address}:${targetPort} only: nobody outside of the pod can connect, while probes by exec, and kubectl port-forward, work`,
    remedy: ({targetPort}) => [`# let the program listen on 0.0.0.0 (or ::), port ${targetPort}: --host, --bind, listen_addresses, bind-address, server.host, …`],
  },
  'service-target-port-not-listening': {
    title: "Nothing listens on the Service's target port",
    level: 'error',
    link: 'Endpoints',
    message: ({service, port, targetPort, pods, all, listening}) => `${all ? 'No endpoint' : list(pods)} of Service ${service} (port ${port}) ${all ? 'listens' : `${pods.length === 1 ? 'does' : 'do'} not listen`} on its target port ${targetPort}: connections are refused${listening === null ? '' : listening.length === 0 ? '; nothing in the pod listens at all' : `; ${pods.length === 1 ? 'it listens' : `${pods[0]} listens`} on ${list(listening)}`}`,
    remedy: ({service, port, listening}) => {
      const other = listening?.find(each => /^\d+\/TCP$/.test(each))?.split('/')[0];
      return [
        ...(other === undefined ? [] : [`kubectl patch service ${inNamespace(service)} --type strategic -p '${JSON.stringify({spec: {ports: [{port: Number(port.split('/')[0]), targetPort: Number(other)}]}})}'   # if that is the port that is meant`]),
        `kubectl get service ${inNamespace(service)} -o jsonpath='{.spec.ports}'   # targetPort is to be the port on which the program listens`,
        `kubectl logs -n ${service.split('/')[0]} POD   # or does the program fail to listen?`,
      ];
    },
  },
  'service-vip-not-answering': {
    title: "A Service's address answers otherwise than predicted",
    level: 'error',
    link: 'Node rules',
    message: ({service, node, address, clients, tries, ok, predicted, failure}) => `On ${node}, ${ok === 0 ? 'none' : ok} of ${tries} connections to ${address} of Service ${service}${clients.length === 2 ? '' : clients[0] === 'pod' ? ' from a pod' : ' from the node itself'} came through${failure === '' ? '' : ` (${failure})`}, and by the rules and the endpoints it should be ${percent(predicted)}: kdiag does not understand why`,
    remedy: ({service, node}) => [`kdiag svc ${service.split('/')[1]} -n ${service.split('/')[0]} --from node/${node} --trace   # what the rules do with it`],
  },
  'endpoint-not-answering': {
    title: 'An endpoint takes no connections',
    level: 'error',
    link: 'Endpoints',
    message: ({service, port, endpoints, all, ownNode, failure}) => `${all ? 'No endpoint of' : `${list(endpoints)}, of`} Service ${service} (port ${port}) ${all ? 'takes connections' : endpoints.length === 1 ? 'takes no connections' : 'take no connections'}, asked from anywhere${all || !ownNode ? '' : ', also from its own node'} (${failure})`,
    remedy: ({service}) => [`kubectl get endpointslices -n ${service.split('/')[0]} -l kubernetes.io/service-name=${service.split('/')[1]} -o yaml`, '# a pod that is hung, or gone while its endpoint is still there; a firewall or a NetworkPolicy of the network plug-in on its node'],
  },
};
