/**
 * Who has which address around the node under test. Each link has a number; the node has `.1` of it and the peer `.2`.
 *
 *   pod ──1── node ──2── srv      pod: pods of the node; srv: pods of other nodes, which are the endpoints
 *   out ──3────┤                  out: clients that are not pods
 *              └─────4── net      net: everything else. What is sent to a VIP and not translated goes there, and is answered there
 */
export type Family = 4 | 6;
export type Site = 'node' | 'pod' | 'srv' | 'out' | 'net';

export const peers = {pod: 1, srv: 2, out: 3, net: 4} as const;
export const ports: readonly number[] = [53, 80, 443, 8080, 9090, 30080];

export const link = (family: Family, n: number, side: 1 | 2): string => (family === 4 ? `172.30.${n}.${side}` : `fd30:${n}::${side}`);

interface Plan {
  /** Routed to each peer, which takes all of it for its own (a local route). */
  readonly blocks: {readonly [site in keyof typeof peers]: readonly string[]};
  readonly vips: readonly string[];
  readonly endpoints: readonly string[];
  readonly elsewhere: readonly string[];
  /** The node's own; the first is the one that it sends from. */
  readonly own: readonly string[];
  readonly clients: {readonly pod: (n: number) => string; readonly out: (n: number) => string};
}

const range = (from: number, to: number): number[] => Array.from({length: to - from + 1}, (_, i) => from + i);

export const plans: Readonly<Record<Family, Plan>> = {
  4: {
    blocks: {pod: ['10.1.0.0/16'], srv: ['10.2.0.0/16'], out: ['203.0.113.0/24'], net: ['10.96.0.0/16', '198.51.100.0/24', '192.0.2.0/24']},
    vips: [...range(1, 5).map(n => `10.96.0.${n}`), '198.51.100.1'],
    endpoints: range(11, 16).map(n => `10.2.0.${n}`),
    elsewhere: ['192.0.2.200'],
    own: ['172.30.0.11', ...range(1, 4).map(n => link(4, n, 1))],
    clients: {pod: n => `10.1.${n >> 8 & 3}.${n & 255 || 1}`, out: n => `203.0.113.${n % 190 + 1}`},
  },
  6: {
    blocks: {pod: ['fd00:1::/64'], srv: ['fd00:2::/64'], out: ['2001:db8:c1::/64'], net: ['fd00:96::/64', '2001:db8::/64']},
    vips: [...range(1, 5).map(n => `fd00:96::${n}`), '2001:db8::1'],
    endpoints: range(11, 16).map(n => `fd00:2::${n}`),
    elsewhere: ['2001:db8::c8'],
    own: ['fd30::11', ...range(1, 4).map(n => link(6, n, 1))],
    clients: {pod: n => `fd00:1::${(n & 1023 | 1024).toString(16)}`, out: n => `2001:db8:c1::${(n % 190 + 1).toString(16)}`},
  },
};

/** What a site answers at. */
export function served(site: Site): string[] {
  return ([4, 6] as const).flatMap(family => {
    const plan = plans[family];
    switch (site) {
      case 'node': return plan.own;
      case 'pod': case 'out': return [];
      case 'srv': return plan.endpoints;
      case 'net': return [...plan.vips, ...plan.elsewhere];
    }
  });
}

/** The address that a masqueraded packet to somewhere has; null: one of the node's own, whichever the kernel takes. */
export function masqueradedAs(family: Family, destination: string): string | null {
  const plan = plans[family];
  if (plan.own.includes(destination)) return null;
  return link(family, plan.endpoints.includes(destination) ? peers.srv : peers.net, 1);
}
