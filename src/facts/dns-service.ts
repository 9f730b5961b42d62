import {isKnown} from '../cluster/answer.ts';
import type {Service} from '../cluster/objects.ts';
import type {Learn} from './facts.ts';

/** As kubeadm and most others call it, else whatever has its label or answers on port 53, else OpenShift's. */
export const dnsService: Learn<'dnsService'> = async ({cluster, take}) => {
  const usual = await take(cluster.get<Service>('services', 'kube-system', 'kube-dns'));
  if (usual !== null) return usual;
  const near = await cluster.list<Service>({resource: 'services', namespace: 'kube-system'});
  const candidates = isKnown(near) ? near.known.filter(asksPort53) : [];
  const labelled = candidates.find(({metadata}) => metadata.labels?.['k8s-app'] === 'kube-dns') ?? candidates.find(({metadata}) => /dns/.test(metadata.name));
  if (labelled !== undefined) return labelled;
  const openshift = await cluster.get<Service>('services', 'openshift-dns', 'dns-default');
  return isKnown(openshift) ? openshift.known : null;
};

function asksPort53({spec}: Service): boolean {
  return (spec.ports ?? []).some(({port}) => port === 53);
}
