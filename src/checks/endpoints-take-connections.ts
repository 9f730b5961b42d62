import {isKnown, knownOf, type Unknown} from '../cluster/answer.ts';
import type {Listener} from '../parse/proc-sockets.ts';
import {type Evidence, evidence, type Subject} from '../findings/finding.ts';
import {portText, protocolOf} from '../model/endpoints.ts';
import {hostPort} from '../model/ip.ts';
import {failureOf, isClosed, type NetworkCell, nodeOf, takes, takesFew, triesOf} from '../model/network/asked.ts';
import {check, type Found} from './check.ts';
import {attempts, notAsked} from './network-subject.ts';
import {nameOf, subjectOf} from './service-subject.ts';

type Own = 'app-listens-on-loopback-only' | 'service-target-port-not-listening' | 'service-protocol-mismatch' | 'endpoint-not-answering';

/** What the pods behind one port have in common: how connections to them end, and what listens there. */
interface Group {
  readonly cells: readonly NetworkCell[];
  readonly pods: readonly string[];
  readonly endpoints: readonly string[];
  readonly nodes: readonly string[];
}

interface Untold {
  readonly subject: Subject;
  readonly unknown: Unknown;
}

export default check({
  id: 'endpoints-take-connections',
  link: 'Endpoints',
  question: 'Its endpoints take connections',
  needs: ['service', 'networkAnswers'],
  hopes: ['endpointSockets'],
  can: ['app-listens-on-loopback-only', 'service-target-port-not-listening', 'service-protocol-mismatch', 'endpoint-not-answering'],
  run: ({service, networkAnswers, endpointSockets}) => {
    if (service === null) return {skipped: 'the Service does not exist'};
    const cells = networkAnswers.filter(({target, size, heard}) => target.kind === 'endpoint' && size === 'small' && isKnown(heard));
    const nothing = notAsked(networkAnswers) ?? (cells.length === 0 ? 'no endpoint was asked' : null);
    if (nothing !== null) return {skipped: nothing};
    const name = nameOf(service);
    const findings: Found<Own>[] = [];
    const unknown: Untold[] = [];
    const ports = (service.spec.ports ?? []).filter(port => protocolOf(port) === 'TCP');
    for (const port of ports) {
      const byEndpoint = [...Map.groupBy(cells.filter(({target}) => target.kind === 'endpoint' && target.servicePort === portText(port)), ({target}) => hostPort(target.address, target.port)).values()];
      const bad = byEndpoint.filter(takesFew);
      const all = bad.length === byEndpoint.length;
      const refusing = bad.filter(isClosed);
      const mute = bad.filter(own => !isClosed(own) && !triesOf(own).some(takes) && (ownNodes(own).length > 0 || own.every(({target}) => nodeOf(target) === null)));
      const [closed, silent] = [groupOf(refusing), groupOf(mute)];
      // one that its own node reaches takes connections: what others lose, the way to it does
      const reached = bad.filter(own => ownNodes(own).length > 0 && !takesFew(ownNodes(own)));
      unknown.push(...bad.filter(own => ![...refusing, ...mute, ...reached].includes(own)).map(own => ({subject: subjectOf(service), unknown: untoldOf(own)})));
      if (closed.cells.length > 0) findings.push(whyClosed(closed, all));
      if (silent.cells.length > 0) {
        const {kind, text} = failureOf(triesOf(silent.cells));
        findings.push({code: 'endpoint-not-answering', subject: subjectOf(service), nodes: silent.nodes, confidence: 'likely', args: {reason: kind, service: name, port: portText(port), endpoints: silent.endpoints, all, ownNode: isAskedAtHome(silent), failure: text}, evidence: attempts(silent.cells)});
      }

      function whyClosed(group: Group, everyOne: boolean): Found<Own> {
        const targetPort = group.cells[0]?.target.port ?? 0;
        const sockets = group.pods.flatMap(pod => { const listeners = knownOf(endpointSockets, `${service?.metadata.namespace}/${pod}`); return listeners === null ? [] : [{pod, listeners}]; });
        const [seen] = sockets;
        const shown: Evidence[] = seen === undefined ? [] : [evidence('file', `/proc/net/{tcp,udp} of pod ${service?.metadata.namespace}/${seen.pod}`, seen.listeners.map(listenerText).join(', ') || 'nothing listens')];
        const about = {subject: subjectOf(service!), evidence: [...shown, ...attempts(group.cells, 4)]};
        const own = seen?.listeners.filter(each => each.port === targetPort && each.protocol === 'TCP') ?? [];
        if (own.length > 0 && own.every(isLoopback)) return {code: 'app-listens-on-loopback-only', ...about, args: {service: name, port: portText(port), targetPort, pods: group.pods, address: own[0]?.address ?? '127.0.0.1'}};
        if (own.length > 0) return {code: 'endpoint-not-answering', subject: subjectOf(service!), nodes: group.nodes, confidence: 'likely', args: {reason: 'refused', service: name, port: portText(port), endpoints: group.endpoints, all: everyOne, ownNode: isAskedAtHome(group), failure: 'connection refused, though the pod listens: something on the way refuses'}, evidence: about.evidence};
        const other = seen?.listeners.find(each => each.port === targetPort && each.protocol === 'UDP');
        if (other !== undefined) return {code: 'service-protocol-mismatch', ...about, level: 'error', args: {service: name, port: portText(port), protocol: 'TCP', targetPort: String(targetPort), podProtocol: 'UDP', seen: 'listening'}};
        const listening = seen === undefined ? null : [...new Set(seen.listeners.filter(each => !isLoopback(each)).map(({port: number, protocol}) => `${number}/${protocol}`))].sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
        return {code: 'service-target-port-not-listening', ...about, args: {service: name, port: portText(port), targetPort, pods: group.pods, all: everyOne, listening}};
      }
    }
    const asked = new Set(cells.map(({target}) => hostPort(target.address, target.port))).size;
    return {findings, unknown, note: `${asked} asked from ${new Set(cells.map(({from}) => from.place.node)).size} nodes and their pods`};
  },
});

/** What the node asked that the endpoint is on: no network between nodes is on that way. */
function ownNodes(cells: readonly NetworkCell[]): NetworkCell[] {
  return cells.filter(({from, target}) => from.pod === null && from.place.node === nodeOf(target));
}

/** Why nobody can tell whether the endpoint, or the way to it, loses connections. */
function untoldOf(cells: readonly NetworkCell[]): Unknown {
  const [tries, [{target}]] = [triesOf(cells), cells as readonly [NetworkCell]];
  const node = nodeOf(target);
  const lost = `${tries.filter(takes).length} of ${tries.length} connections to ${hostPort(target.address, target.port)} stood (${failureOf(tries.filter(each => !takes(each))).text})`;
  return {why: 'not-asked', detail: ownNodes(cells).length > 0 ? `${lost}, and those of its own node ${node} mostly not` : `${lost}, and ${node === null ? 'its own node' : `its own node ${node}`} was not asked from: whether it takes connections is not known`};
}

function groupOf(endpoints: readonly (readonly NetworkCell[])[]): Group {
  const cells = endpoints.flat();
  const pods = [...new Set(cells.flatMap(({target}) => (target.kind === 'endpoint' ? [target.endpoint.pod ?? target.address] : [])))].sort();
  const nodes = [...new Set(cells.flatMap(({target}) => (nodeOf(target) ?? [])))].sort();
  return {cells, pods, nodes, endpoints: [...new Set(cells.map(({target}) => hostPort(target.address, target.port)))].sort()};
}

/** Whether each endpoint's own node was among those who asked; who is not in the cluster has none. */
function isAskedAtHome({cells, endpoints}: Group): boolean {
  return new Set(cells.filter(({from, target}) => target.kind === 'endpoint' && from.pod === null && from.place.node === target.node).map(({target}) => hostPort(target.address, target.port))).size === endpoints.length;
}

function isLoopback({address}: Listener): boolean {
  return address.startsWith('127.') || address === '::1' || address.startsWith('::ffff:127.');
}

function listenerText({protocol, address, port}: Listener): string {
  return `${protocol} ${hostPort(address, port)}`;
}
