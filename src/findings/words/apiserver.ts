import type {Words} from '../wording.ts';
import {list, percent} from './phrases.ts';

type Own =
  | 'apiserver-service-missing' | 'apiserver-service-wrong-vip' | 'apiserver-endpoints-stale' | 'apiserver-advertise-address-unreachable' | 'apiserver-not-answering' | 'apiserver-certificate-lacks-vip'
  | 'apiserver-vip-not-answering' | 'pod-cut-off-from-apiserver';

export const apiserverWords: {readonly [C in Own]: Words<C>} = {
  'apiserver-service-missing': {
    title: "The API server's own Service does not exist",
    level: 'error',
    link: 'Service',
    message: ({service}) => `Service ${service} does not exist: the API server makes it, and makes it again within seconds when it is deleted; pods find the API server by it`,
    remedy: () => ['kubectl get services -n default', 'kubectl logs -n kube-system -l component=kube-apiserver --tail=50   # why it does not make it'],
  },
  'apiserver-service-wrong-vip': {
    title: "The API server's Service has not the first address of the Services",
    level: 'warning',
    link: 'Service',
    message: ({address, cidr, from}) => `Service default/kubernetes has ${address}, which is not the first address of ${cidr} (${from}): its certificate and what was configured with the first one do not fit`,
    remedy: () => ['kubectl get servicecidrs', '# an API server with another --service-cluster-ip-range takes the new first address once the Service is deleted:', 'kubectl delete service kubernetes -n default'],
  },
  'apiserver-endpoints-stale': {
    title: "The API server's Service has other endpoints than there are API servers",
    level: 'error',
    link: 'API server',
    message: ({reason, addresses, alive, share}) => ({
      dead: `${list(addresses)}, ${addresses.length === 1 ? 'an endpoint' : 'endpoints'} of Service default/kubernetes, ${addresses.length === 1 ? 'answers' : 'answer'} from nowhere, while ${list(alive)} ${alive.length === 1 ? 'does' : 'do'}: ${percent(share)} of the connections to the API server are lost`,
      missing: `The API server ${list(addresses)} answers, and is no endpoint of Service default/kubernetes`,
      none: 'Service default/kubernetes has no endpoint: no pod reaches the API server by it',
    })[reason],
    remedy: ({reason}) => ['kubectl get endpointslices -n default -l kubernetes.io/service-name=kubernetes -o yaml', ...(reason === 'dead' ? ['# addresses of API servers that are gone expire with their lease; what was added by hand is taken out by hand:', 'kubectl edit endpointslices -n default kubernetes'] : ['kubectl get leases -n kube-system -l apiserver.kubernetes.io/identity=kube-apiserver'])],
  },
  'apiserver-advertise-address-unreachable': {
    title: 'Nodes do not reach the address that an API server advertises',
    level: 'error',
    link: 'API server',
    message: ({reason, addresses, from, answersAt, share, failure}) => (reason === 'local-address'
      ? `The API server advertises ${list(addresses)}, which ${list(from, 4)} ${from.length === 1 ? 'has as an address of its' : 'have as an address of their'} own: each node that has ${addresses.length === 1 ? 'it' : 'them'} asks itself`
      : `${addresses.length === 1 ? "The API server's address" : "The API servers' addresses"} ${list(addresses)} ${share > 0 ? `${addresses.length === 1 ? 'answers' : 'answer'} only ${percent(share)} of connections from` : `${addresses.length === 1 ? 'does' : 'do'} not answer`} ${list(from, 4)} (${failure})${answersAt.length === 0 ? '' : `; ${addresses.length === 1 ? 'it does' : 'they do'} answer ${list(answersAt, 4)}`}`),
    remedy: ({reason, addresses}) => (reason === 'local-address'
      ? ['# in /etc/kubernetes/manifests/kube-apiserver.yaml on the control-plane node, the address of the interface that the nodes share:', '#   --advertise-address=ADDRESS']
      : [`# look for a firewall, a security group or a missing route between these nodes and ${list(addresses)}`, 'kubectl get nodes -o wide']),
  },
  'apiserver-not-answering': {
    title: 'No API server answers at its endpoints',
    level: 'error',
    link: 'API server',
    message: ({addresses, from, failure}) => `${list(addresses)}, where Service default/kubernetes leads to, ${addresses.length === 1 ? 'answers' : 'answer'} from nowhere (${failure}), asked from ${list(from, 4)}`,
    remedy: () => ['kubectl get endpointslices -n default -l kubernetes.io/service-name=kubernetes -o yaml', 'kubectl get pods -n kube-system -l component=kube-apiserver -o wide'],
  },
  'apiserver-certificate-lacks-vip': {
    title: "The API server's certificate does not fit",
    level: 'error',
    link: 'API server',
    message: ({reason, issuer, address, missing, has, notAfter}) => (reason === 'issuer' ? `The API server's certificate was issued by ${issuer}, by another key than that of the CA which pods trust (ConfigMap kube-root-ca.crt): they refuse it` : reason === 'expired' ? `The API server's certificate expired at ${notAfter}` : reason === 'not-yet-valid' ? "The API server's certificate is not valid yet: the clocks differ" : `The API server's certificate does not hold ${list(missing)} (it holds ${list(has, 6)}): clients that ask by ${reason === 'address' ? address : 'name'} refuse it`),
    remedy: ({reason, missing}) => (reason === 'expired' ? ['kubeadm certs renew apiserver', '# then restart the kube-apiserver pods'] : reason === 'issuer' ? ['kubectl get configmap kube-root-ca.crt -n default -o yaml   # the CA that pods trust', '# on a control-plane node:', 'openssl x509 -in /etc/kubernetes/pki/apiserver.crt -noout -issuer -ext authorityKeyIdentifier', 'openssl x509 -in /etc/kubernetes/pki/ca.crt -noout -subject -ext subjectKeyIdentifier', '# the controller manager hands out what its --root-ca-file holds'] : ['# on each control-plane node, on a kubeadm cluster:', 'mv /etc/kubernetes/pki/apiserver.crt /etc/kubernetes/pki/apiserver.key /root/', `kubeadm init phase certs apiserver --apiserver-cert-extra-sans=${missing.join(',')}`, '# then restart the kube-apiserver pod']),
  },
  'apiserver-vip-not-answering': {
    title: "The API server's Service address does not answer on a node",
    level: 'error',
    link: 'API server',
    message: ({node, address, clients, share, expected, failure}) => `On ${node}, ${address} ${share === 0 ? 'does not answer' : `answers only ${percent(share)} of connections`}${clients.length === 2 ? '' : clients[0] === 'pod' ? ' from pods' : ' from the node itself'} (${failure})${expected === 1 ? ', though the API server itself answers there' : expected === 0 ? '; nor does the API server by its own address' : ''}`,
    remedy: ({node, expected}) => [...(expected === 0 ? [`# it is not the address: look for a firewall, a route or a policy between ${node} and the API server, also on the API server's own machine`] : []), `kdiag svc kubernetes -n default --from node/${node}`, `kubectl get pods -n kube-system -o wide --field-selector spec.nodeName=${node}   # is there a kube-proxy?`],
  },
  'pod-cut-off-from-apiserver': {
    title: 'A pod fails because it does not reach the API server',
    level: 'error',
    link: 'API server',
    message: ({pod, node, detail}) => `${pod} on ${node} says that it does not reach the API server (${detail}): it fails because of that, and will come back by itself`,
    remedy: ({pod, container}) => [`kubectl logs -n ${pod.split('/')[0]} ${pod.split('/')[1]} -c ${container} --tail=20`],
  },
};
