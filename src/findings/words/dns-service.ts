import type {Words} from '../wording.ts';
import {inNamespace, list} from './phrases.ts';

type Own = 'dns-service-missing' | 'dns-service-selector-mismatch' | 'dns-service-no-endpoints' | 'dns-service-port-missing' | 'dns-service-target-port-wrong';

export const dnsServiceWords: {readonly [C in Own]: Words<C>} = {
  'dns-service-missing': {
    title: 'The DNS Service does not exist',
    level: 'error',
    link: 'Service',
    message: ({namespace, pods}) => `There is no DNS Service: neither ${namespace}/kube-dns nor any other in that namespace with port 53${pods.length === 0 ? '' : `, though ${list(pods)} ${pods.length === 1 ? 'runs' : 'run'}`}`,
    remedy: ({namespace}) => ['# on a kubeadm cluster:', 'kubeadm init phase addon coredns --kubeconfig /etc/kubernetes/admin.conf', `kubectl get services -n ${namespace}   # its ClusterIP must be the one in the pods' resolv.conf`],
  },
  'dns-service-selector-mismatch': {
    title: 'The DNS Service selects no CoreDNS pod',
    level: 'error',
    link: 'Service',
    message: ({service, selector, nearest}) => `The DNS Service ${service} selects ${selector || 'nothing'}, and CoreDNS runs without these labels${nearest === null ? '' : `: on pod ${nearest.pod} ${list(nearest.wrong.map(({key, wanted, has}) => (has === null ? `${key}=${wanted} is missing` : `${key} is “${has}”, not “${wanted}”`)))}`}`,
    remedy: ({service, nearest}) => {
      const wrong = nearest?.wrong.filter(({has}) => has !== null) ?? [];
      const patch = wrong.length === 0 ? [] : [`kubectl patch service ${inNamespace(service)} -p '${JSON.stringify({spec: {selector: Object.fromEntries(wrong.map(({key, has}) => [key, has]))}})}'`];
      return [...patch, `kubectl edit service ${inNamespace(service)}   # so that spec.selector names the labels of the CoreDNS pods`];
    },
  },
  'dns-service-no-endpoints': {
    title: 'The DNS Service has no endpoints',
    level: 'error',
    link: 'Endpoints',
    message: ({service, reason}) => `The DNS Service ${service} has ${{'no-slice': 'no EndpointSlice', 'not-ready': 'no ready endpoint', 'port-name': 'no endpoint for its port'}[reason]}: every lookup in the cluster is refused or times out`,
    remedy: ({service}) => [`kubectl get endpointslices -n ${service.split('/')[0]} -l kubernetes.io/service-name=${service.split('/')[1]}`, `kubectl get pods -n ${service.split('/')[0]} -l k8s-app=kube-dns -o wide`],
  },
  'dns-service-target-port-wrong': {
    title: 'The DNS Service sends queries to a port where CoreDNS does not listen',
    level: 'error',
    link: 'Service',
    message: ({service, ports, target, listens, configMap}) => `The DNS Service ${service} sends ${list(ports)} to port ${target} of the CoreDNS pods, which listen on ${list(listens.map(String))} (Corefile of ConfigMap ${configMap})`,
    remedy: ({service, indexes, listens}) => [`kubectl patch service ${inNamespace(service)} --type json -p '[${indexes.map(index => `{"op":"add","path":"/spec/ports/${index}/targetPort","value":${listens.includes(53) ? 53 : listens[0] ?? 53}}`).join(',')}]'`],
  },
  'dns-service-port-missing': {
    title: 'The DNS Service lacks port 53 of a protocol',
    level: 'error',
    link: 'Service',
    message: ({service, protocol, ports}) => `The DNS Service ${service} has no port 53/${protocol} (it has ${list(ports, 5)}): ${protocol === 'UDP' ? 'resolvers ask over UDP, so every lookup fails' : 'answers that do not fit into a datagram cannot be fetched over TCP, and such lookups fail'}`,
    remedy: ({service, protocol}) => [`kubectl patch service ${inNamespace(service)} --type json -p '[{"op":"add","path":"/spec/ports/-","value":{"name":"${protocol === 'UDP' ? 'dns' : 'dns-tcp'}","port":53,"protocol":"${protocol}","targetPort":53}}]'`],
  },
};
