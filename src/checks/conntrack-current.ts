import {isKnown, known} from '../cluster/answer.ts';
import type {Facts} from '../facts/facts.ts';
import {type Evidence, evidence, nodeSubject} from '../findings/finding.ts';
import {suffered, type WrongFlow, wrongConnections, wrongFlows} from '../model/conntrack.ts';
import {clusterIPs, endpointsOf, protocolOf} from '../model/endpoints.ts';
import {familyOf} from '../model/ip.ts';
import {type NodeFlows, unlisted} from '../model/node-flows.ts';
import {check, type Found} from './check.ts';
import {noDnsService} from './dns-subject.ts';
import {nameOf} from './service-subject.ts';

/** How many entries are shown as evidence. */
const most = 5;

export default check({
  id: 'conntrack-current',
  link: 'Connection tracking',
  question: 'No node remembers a way for DNS that leads nowhere any more',
  needs: ['dnsService', 'slices', 'conntrack'],
  can: ['conntrack-entry-stale', 'conntrack-table-full'],
  run: ({dnsService, slices, conntrack}) => {
    if (dnsService === null) return {skipped: noDnsService};
    if (conntrack.size === 0) return {skipped: 'no node was asked for its connections'};
    const flows = [...conntrack.values()].filter(isKnown).map(({known}) => known);
    // Where neither tool nor /proc lists them, the answers that were heard have to do: a flow that is new is not remembered wrongly.
    const lacking = flows.flatMap(each => unlisted(known(each))?.unknown.detail ?? []);
    if (lacking.length === flows.length && lacking[0] !== undefined && flows.every(({full: table}) => table?.full !== true)) return {skipped: `could not be read: ${lacking[0]}`};
    const listed = flows.map(({listing, ipvs}) => (listing?.flows.length ?? 0) + (ipvs?.connections.length ?? 0)).reduce((a, b) => a + b, 0);
    return {
      findings: [...flows.flatMap(each => stale(each, dnsService, slices)), ...flows.flatMap(full)],
      unknown: [...conntrack].flatMap(([node, answer]) => {
        return isKnown(answer) ? [] : [{subject: nodeSubject(node), unknown: answer.unknown}];
      }),
      note: `${listed} flows on ${flows.length - lacking.length} of ${flows.length} nodes`,
    };
  },
});

/** What nobody has used for a while is passed over: a resolver takes a new port for each question, and the old one's entry dies unseen. */
function stale(flows: NodeFlows, service: NonNullable<Facts['dnsService']>, slices: Facts['slices']): Found<'conntrack-entry-stale'>[] {
  const ports = (service.spec.ports ?? []).filter(port => protocolOf(port) === 'UDP' && port.port === 53);
  const served = clusterIPs(service).flatMap(address => ports.map(port => ({address, port: port.port, endpoints: endpointsOf(slices, port, familyOf(address)).filter(({ready, serving}) => ready || serving)})));
  const all = served.map(each => ({...each, wrong: suffered([...wrongFlows({flows: flows.listing?.flows ?? []}, each, flows.own), ...(flows.ipvs === null ? [] : wrongConnections(flows.ipvs, each))])}));
  const worst = all.filter(({wrong}) => wrong.length > 0).sort((a, b) => b.wrong.length - a.wrong.length)[0];
  if (worst === undefined) return [];
  const reason = worst.wrong.some(({fault}) => fault === 'stale') ? 'stale' as const : 'untranslated' as const;
  const wrong = worst.wrong.filter(({fault}) => fault === reason);
  const names = (of: (flow: WrongFlow) => string): string[] => [...new Set(wrong.map(of))].sort();
  return [{
    code: 'conntrack-entry-stale', subject: nodeSubject(flows.node), evidence: evidenceOf(flows, wrong),
    args: {reason, node: flows.node, service: nameOf(service), address: worst.address, port: worst.port, leadsTo: names(({leadsTo}) => leadsTo), clients: names(({client}) => client), entries: wrong.length, tables: (['conntrack', 'ip_vs'] as const).filter(table => wrong.some(each => each.table === table))},
  }];
}

function evidenceOf({from}: NodeFlows, wrong: readonly WrongFlow[]): Evidence[] {
  const lines = wrong.slice(0, most).map(({table, raw}) => evidence('file', table === 'conntrack' ? `conntrack -L -p udp (${from})` : `/proc/net/ip_vs_conn (${from})`, raw));
  return wrong.length > most ? [...lines, evidence('file', from, `… and ${wrong.length - most} more`)] : lines;
}

function full({node, from, full}: NodeFlows): Found<'conntrack-table-full'>[] {
  if (full === null || !full.full) return [];
  const {count, most} = full;
  return [{code: 'conntrack-table-full', subject: nodeSubject(node), args: {node, count, most}, evidence: [evidence('file', `/proc/sys/net/netfilter (${from})`, `nf_conntrack_count = ${count}, nf_conntrack_max = ${most}`)]}];
}
