import type {Report} from '../../diagnose/report.ts';

/** A place on the way of a packet, or in what the API asks for, with the links of the chain that are about it. */
export interface Station {
  readonly title: string;
  readonly about: string;
  readonly links: readonly string[];
  readonly lane: 'plan' | 'packet';
  /** From the left. */
  readonly column: number;
  /** Where all stand below each other. */
  readonly order: number;
  /** It decides what the station below it does. */
  readonly feeds?: true;
  /** It does not follow from the one on its left. */
  readonly fed?: false;
}

/** For `kdiag dns` the endpoint is CoreDNS, for `kdiag apiserver-vip` the API server. */
export function stationsOf({command: {name}}: Report): readonly Station[] {
  const ends: Readonly<Record<string, Pick<Station, 'title' | 'about' | 'links'>>> = {
    dns: {title: 'CoreDNS', about: 'the pods that answer', links: ['CoreDNS', 'DNS answers']},
    'apiserver-vip': {title: 'API server', about: 'the endpoint', links: ['API server']},
  };
  const end = ends[name] ?? {title: 'Endpoint', about: 'the pod that answers', links: []};
  return [
    {title: 'Service', about: 'address and ports', links: ['Service', ...(end.links.includes('API server') ? [] : ['API server'])], lane: 'plan', column: 0, order: 2},
    {title: 'Endpoints', about: 'pods that are ready', links: ['Endpoints'], lane: 'plan', column: 1, order: 3},
    {title: 'kube-proxy', about: 'writes the rules', links: ['kube-proxy'], lane: 'plan', column: 2, order: 4, feeds: true},
    {title: 'Policies', about: 'who may reach whom', links: ['Network policy'], lane: 'plan', column: 3, order: 6, feeds: true, fed: false},
    {title: 'Client', about: 'a pod or a node', links: [], lane: 'packet', column: 0, order: 0},
    {title: 'Name', about: name === 'dns' ? 'resolv.conf' : 'resolv.conf, CoreDNS', links: end.links.includes('CoreDNS') ? ['Resolver'] : ['Resolver', 'CoreDNS', 'DNS answers'], lane: 'packet', column: 1, order: 1},
    {title: 'Node’s rules', about: 'hooks and chains', links: ['Node rules', 'Connection tracking'], lane: 'packet', column: 2, order: 5},
    {title: 'Pod network', about: 'routes and bridges', links: ['Pod network'], lane: 'packet', column: 3, order: 7},
    {...end, lane: 'packet', column: 4, order: 8},
  ];
}
