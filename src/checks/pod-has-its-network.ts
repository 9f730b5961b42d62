import {evidence, subject} from '../findings/finding.ts';
import {formatAddress, parseAddress} from '../model/ip.ts';
import {check, type Found} from './check.ts';

export default check({
  id: 'pod-has-its-network',
  link: 'Pod network',
  question: 'The pod has its address, a way out, and an interface that is up',
  needs: ['client', 'podView'],
  can: ['pod-network-not-set-up'],
  run: ({client, podView}) => {
    if (client === null) return {skipped: 'there is no such pod'};
    const name = `${client.metadata.namespace}/${client.metadata.name}`;
    if (client.spec.hostNetwork === true) return {note: 'it is in the network of its node'};
    if (podView.strange[0] !== undefined) return {unknown: [{subject: subject('Pod', client.metadata.namespace ?? null, client.metadata.name), unknown: {why: 'unparsed', detail: `kdiag does not understand what the pod's network says: ${podView.strange[0]}`}}]};
    const wanted = (client.status?.podIPs ?? []).map(({ip}) => { const parsed = parseAddress(ip); return parsed === null ? ip : formatAddress(parsed); });
    const lacks = wanted.filter(address => !podView.addresses.includes(address));
    const four = wanted.some(address => !address.includes(':'));
    // the kernel's own tunnels (sit0, tunl0) are in every network, and down
    const down = podView.links.filter(({name: device, state}) => state === 'down' && (podView.routes.some(route => route.device === device) || device === 'eth0'));
    const faults = [
      ...(lacks.length > 0 ? [{reason: 'address' as const, detail: `the API says ${lacks.join(', ')}, the pod has ${podView.addresses.join(', ') || 'none'}`}] : []),
      ...(four && lacks.length === 0 && !podView.routes.some(({to}) => to === '0.0.0.0/0') ? [{reason: 'route' as const, detail: 'it has no default route'}] : []),
      ...(down.length > 0 ? [{reason: 'link' as const, detail: `${down.map(({name: device}) => device).join(', ')} is down`}] : []),
    ];
    const findings = faults.slice(0, 1).map((fault): Found<'pod-network-not-set-up'> => ({
      code: 'pod-network-not-set-up', subject: subject('Pod', client.metadata.namespace ?? null, client.metadata.name), args: {...fault, pod: name, node: client.spec.nodeName ?? ''},
      evidence: [evidence('file', `the network of pod ${name}`, `addresses: ${podView.addresses.join(' ') || 'none'}; routes: ${podView.routes.map(({to, via, device}) => `${to}${via === null ? '' : ` via ${via}`} dev ${device}`).join(', ') || 'none'}; interfaces: ${podView.links.map(({name: device, state}) => `${device} ${state}`).join(', ')}`)],
    }));
    return {findings, note: podView.addresses.join(' ')};
  },
});
