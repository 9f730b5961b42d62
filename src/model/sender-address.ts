import {type Fraction, plus, toNumber, zero} from './fraction.ts';
import {formatAddress} from './ip.ts';
import type {Line} from './netfilter/program.ts';
import type {Outcome} from './netfilter/walk.ts';
import {isMasqueraded, type Senders} from './senders.ts';
import type {Way} from './ways.ts';

/** Connections whose endpoints see another sender than kube-proxy means them to see. They work, as long as nothing asks who it is. */
export interface OtherSender {
  /** `kept`: not the node's, though answers may then pass it by. `hidden`: the node's, though it should be the client's. */
  readonly how: 'kept' | 'hidden';
  readonly client: Way['client'];
  readonly endpoints: readonly string[];
  readonly share: number;
  readonly evidence: readonly Line[];
}

/** kube-proxy's own masquerading only: networks have theirs, for reasons of their own. */
const own = /^(KUBE-POSTROUTING|masquerading|nat-postrouting)$/;

export function otherSender(way: Way, senders: Senders, outcomes: readonly Outcome[]): OtherSender | null {
  const meant = isMasqueraded(way, senders);
  if (meant === null || way.packet.source === null) return null;
  const wrong = outcomes.filter(({end, source}) => {
    const endpoint = end.kind === 'dnat' ? way.expected.endpoints.find(({to}) => to === end.to) : undefined;
    if (endpoint === undefined) return false;
    if (meant) return source.kind === 'kept';
    return source.kind === 'rewritten' && source.lines.some(({chain}) => own.test(chain)) && !isItself(way, endpoint.address);
  });
  const [first] = wrong;
  if (first === undefined) return null;
  const share: Fraction = wrong.reduce((sum, each) => plus(sum, each.share), zero);
  return {
    how: meant ? 'kept' : 'hidden', client: way.client,
    endpoints: [...new Set(wrong.flatMap(({end}) => (end.kind === 'dnat' ? [end.to] : [])))].sort(),
    share: toNumber(share),
    evidence: first.path,
  };
}

/** A pod that reaches itself is masqueraded always. */
function isItself({packet}: Way, endpoint: string): boolean {
  return packet.source !== null && formatAddress(packet.source) === endpoint;
}
