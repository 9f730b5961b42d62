import {type Evidence, evidence, nodeSubject, type Subject, subject} from '../findings/finding.ts';
import type {Resolver} from '../model/dns/resolver.ts';
import type {DnsPlace} from '../model/dns/place.ts';

/** A pod as `NAMESPACE/NAME`; a node, which stands for the pods that its kubelet starts, by its name. */
export function whoOf({place: {node, pod}}: DnsPlace): string {
  return pod === null ? node : `${pod.namespace}/${pod.name}`;
}

export function subjectOf({place: {node, pod}}: DnsPlace): Subject {
  return pod === null ? nodeSubject(node) : subject('Pod', pod.namespace, pod.name);
}

/** The file itself, and where it was read. */
export function confEvidence({at, source, text}: Resolver): Evidence {
  const where = at.pod === null ? `/etc/resolv.conf as the kubelet of ${at.place.node} writes it for pods` : `/etc/resolv.conf of pod ${whoOf(at)}`;
  return evidence('file', `${where}${source === 'expected' ? ' (expected, not read)' : ''}`, text.trimEnd() || '(empty)');
}
