import type {Words} from '../wording.ts';
import {inNamespace, list} from './phrases.ts';

type Own = 'service-not-found' | 'service-port-not-defined' | 'headless-service-has-no-vip' | 'external-name-is-an-address' | 'load-balancer-pending';

export const serviceWords: {readonly [C in Own]: Words<C>} = {
  'service-not-found': {
    title: 'The Service does not exist',
    level: 'error',
    link: 'Service',
    message: ({service, nearest, elsewhere}) =>
      `Service ${service} does not exist${elsewhere.length > 0 ? `, but ${list(elsewhere)} does` : nearest.length > 0 ? `; the nearest name is ${list(nearest)}` : ''}`,
    remedy: ({service, nearest, elsewhere}) => {
      const other = elsewhere[0] ?? nearest[0];
      const namespace = service.split('/')[0] ?? 'default';
      return [...(other === undefined ? [] : [`kdiag svc ${inNamespace(other)}`]), `kubectl get services -n ${namespace}`];
    },
  },
  'service-port-not-defined': {
    title: 'The Service does not have the port that was asked for',
    level: 'error',
    link: 'Service',
    message: ({service, asked, ports}) => `Service ${service} has no port ${asked}; it has ${list(ports, 6)}`,
    remedy: ({service, ports}) => [
      ...(ports[0] === undefined ? [] : [`# use one of its ports, such as ${ports[0]}, or add the port:`]),
      `kubectl edit service ${inNamespace(service)}`,
    ],
  },
  'headless-service-has-no-vip': {
    title: 'A headless Service has no virtual address',
    level: 'info',
    link: 'Service',
    message: ({service, addresses}) => `Service ${service} is headless: DNS gives clients the pods' own addresses (${addresses.length === 0 ? 'none ready now' : list(addresses)}); no node has rules for it`,
    remedy: () => [],
  },
  'external-name-is-an-address': {
    title: 'externalName holds an IP address',
    level: 'error',
    link: 'Service',
    message: ({service, externalName}) => `Service ${service} has externalName ${externalName}, which looks like an IP address: DNS answers with a CNAME to that text, and nothing resolves it`,
    remedy: ({service}) => [`# make it a Service without selector, with an EndpointSlice that holds the address:`, `kubectl edit service ${inNamespace(service)}`],
  },
  'load-balancer-pending': {
    title: 'No load balancer took the Service on',
    level: 'warning',
    link: 'Service',
    message: ({service, class: name}) => `Service ${service} is of type LoadBalancer and has no external address (EXTERNAL-IP <pending>): no controller ${name === null ? 'in this cluster' : `for class ${name}`} has given it one`,
    remedy: ({service}) => [`kubectl describe service ${inNamespace(service)}`, '# install a load balancer implementation (a cloud controller, MetalLB, kube-vip), or use its NodePort'],
  },
};
