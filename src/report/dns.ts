import type {MatrixCell, ReportedLookup, ReportedPlace, ReportedResolver} from '../diagnose/dns-report.ts';
import type {Report} from '../diagnose/report.ts';
import {plain, wrap} from './plain.ts';
import type {Style} from './style.ts';
import {table} from './table.ts';

/** What was seen of name resolution: resolv.conf, the lookups step by step, and who answers whom. Places that fare alike share a line. */
export function dnsLines({dns, command}: Report, style: Style, wide: boolean): string[][] {
  if (dns === undefined) return [];
  return [resolverLines(dns.resolvers, style, wide), ...lookupGroups(dns.lookups, wide || 'name' in command.args, wide).map(group => lookupLines(group, style)), matrixLines(dns.matrix, style, wide)].filter(lines => lines.length > 0);
}

function resolverLines(resolvers: readonly ReportedResolver[], style: Style, wide: boolean): string[] {
  if (resolvers.length === 0) return [];
  const groups = grouped(resolvers, ({at, source, nameservers, search, options}) => JSON.stringify([wide ? at : at.kind, source, nameservers, search.map(each => each.replace(/^[^.]+\.svc\./, '*.svc.')), options]));
  return [
    style.strong('Resolver'),
    ...groups.flatMap(([first, ...others]) => {
      const who = placesText([first, ...others].map(({at}) => at), first.at.kind === 'Node' ? 'pods on ' : '');
      if (first.source === 'none') return paragraph(`${who}: not known`, style);
      const libc = first.at.kind === 'Pod' ? `, ${first.libcs.map(({kind, sure}) => (kind === 'busybox' ? 'busybox nslookup' : `${kind}${sure ? '' : ' presumed'}`)).join(' and ')}` : '';
      return paragraph(`${who}: nameserver ${first.nameservers.join(' ')}, search ${first.search.join(' ') || 'nothing'}${first.options.length === 0 ? '' : `, ${first.options.join(' ')}`}${libc}${first.source === 'expected' ? ' (as the kubelet should have written it)' : ''}`, style);
    }),
  ];
}

type LookupGroup = readonly [ReportedLookup, ...ReportedLookup[]];

/** Of a node only where no pod of it was looked from. busybox's nslookup is another tool than its programs' libc, whose lookups count. */
function lookupGroups(all: readonly ReportedLookup[], found: boolean, wide: boolean): LookupGroup[] {
  const lookups = all.filter(({outcome, libc}) => wide || ((found || outcome !== 'found') && (libc !== 'busybox' || all.every(other => other.libc === 'busybox'))));
  return grouped(lookups.filter(({at}) => wide || at.kind === 'Pod' || !lookups.some(other => other.at.kind === 'Pod' && other.at.node === at.node)), ({at, name, libc, outcome, candidates}) => JSON.stringify([wide ? at : null, name, libc, outcome, candidates.map(each => [each.name, each.asked, each.answers.map(({type, said}) => [type, said])])]));
}

function lookupLines(group: LookupGroup, style: Style): string[] {
  const [{name, libc, outcome, winner, queries, candidates}] = group;
  const end = outcome === null ? 'not every answer is known' : `${outcome.replaceAll('-', ' ')}${winner === null ? '' : ` as ${winner}.`}, ${queries} ${queries === 1 ? 'query' : 'queries'}`;
  const rows = candidates.map(({name: candidate, asked, answers}) => [`${candidate}.`, asked ? '' : 'not reached', answers.map(({type, said}) => `${type} ${said}`).join(', '), answers.every(({ms}) => ms === null) ? '' : `${Math.max(...answers.map(({ms}) => ms ?? 0))} ms`]);
  return [
    `${style.strong(`Lookup of ${name}`)} ${style.faint(`(${libc === 'busybox' ? "busybox's nslookup" : libc}; ${placesText(group.map(({at}) => at), '')})`)}`,
    ...paragraph(end, style),
    ...table(['CANDIDATE', '', 'ANSWERS', ''], rows).map(line => `  ${line}`),
  ];
}

function matrixLines(matrix: readonly MatrixCell[], style: Style, wide: boolean): string[] {
  if (matrix.length === 0) return [];
  const rows = [...Map.groupBy(matrix, ({from, to, question}) => JSON.stringify([from, to.kind, to.name, question.name])).values()].map(cells => {
    const [first] = cells as [MatrixCell];
    const of = (protocol: 'UDP' | 'TCP'): string => { const cell = cells.find(each => each.protocol === protocol); return cell === undefined ? '-' : cell.via === null ? '?' : cell.answered === cell.tries ? `${cell.answered}/${cell.tries}` : `${cell.answered}/${cell.tries} ${Object.keys(cell.failures)[0]?.replaceAll('-', ' ') ?? ''}`; };
    const ms = cells.flatMap(cell => (cell.ms === null ? [] : [cell.ms.most]));
    return {cells, place: first.from, to: `${{vip: 'DNS Service', pod: 'CoreDNS pod', nameserver: 'nameserver', upstream: 'upstream'}[first.to.kind]} ${first.to.name}`, name: `${first.question.name}.`, udp: of('UDP'), tcp: of('TCP'), ms: ms.length === 0 ? '' : `${Math.max(...ms)}`};
  });
  const shown = wide ? rows.map(row => ({...row, from: placesText([row.place], '')})) : [...Map.groupBy(rows, ({to, name, udp, tcp}) => JSON.stringify([to, name, udp, tcp])).values()].map(same => ({...same[0]!, from: placesText(same.map(({place}) => place), ''), ms: String(Math.max(...same.map(({ms}) => Number(ms)))).replace(/^0$/, '')}));
  return [`${style.strong('Who answers')} ${style.faint('(answered of asked, the slowest in ms)')}`, ...table(['FROM', 'TO', 'NAME', 'UDP', 'TCP', 'MS'], shown.map(({from, to, name, udp, tcp, ms}) => [from, to, name, udp, tcp, ms])).map(line => `  ${line}`)];
}

/** At most three of a kind by name. */
function placesText(places: readonly ReportedPlace[], prefix: string): string {
  const names = [...new Set(places.map(({kind, namespace, name}) => (kind === 'Node' ? `${prefix}${name}` : `${namespace}/${name}`)))];
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`;
}

function grouped<T>(items: readonly T[], key: (item: T) => string): (readonly [T, ...T[]])[] {
  return [...Map.groupBy(items, key).values()] as unknown as (readonly [T, ...T[]])[];
}

function paragraph(text: string, style: Style): string[] {
  return wrap(plain(text), style.width - 4).map((line, i) => `${i === 0 ? '  ' : '    '}${line}`);
}
