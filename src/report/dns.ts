import type {MatrixCell, ReportedLookup, ReportedPlace, ReportedResolver} from '../diagnose/dns-report.ts';
import type {Report} from '../diagnose/report.ts';
import {plain, wrap} from './plain.ts';
import type {Style} from './style.ts';

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

/** A line for each candidate, in the order in which it is asked for. */
function lookupLines(group: LookupGroup, style: Style): string[] {
  const [{name, libc, outcome, winner, queries, candidates}] = group;
  const end = outcome === null ? 'not every answer is known' : `${outcome.replaceAll('-', ' ')}${winner === null ? '' : ` as ${winner}.`}, ${queries} ${queries === 1 ? 'query' : 'queries'}`;
  return [
    style.strong(`Lookup of ${plain(name)}`),
    ...paragraph(`by ${libc === 'busybox' ? "busybox's nslookup" : libc} in ${placesText(group.map(({at}) => at), 'pods on ')}: ${end}`, style),
    ...candidates.flatMap(({name: candidate, asked, answers}, i) => {
      const ms = answers.flatMap(each => each.ms ?? []);
      const said = answers.map(each => `${each.type} ${each.said}`).join(', ');
      const lines = paragraph(`${i + 1}  ${candidate}.  ${said}${ms.length === 0 ? '' : `, ${Math.max(...ms)} ms`}${asked ? '' : ' (not reached)'}`, style);
      return asked ? lines : lines.map(style.faint);
    }),
  ];
}

/** A block for each server and name; places that heard the same share a line. */
function matrixLines(matrix: readonly MatrixCell[], style: Style, wide: boolean): string[] {
  if (matrix.length === 0) return [];
  const asked = [...Map.groupBy(matrix, ({to, question}) => `${kinds[to.kind]} ${to.name}: ${question.name}.`)];
  return [
    `${style.strong('Who answers')} ${style.faint('(answered of asked, and the slowest answer)')}`,
    ...asked.flatMap(([head, cells]) => {
      const rows = [...Map.groupBy(cells, ({from}) => JSON.stringify(from)).values()].map(own => ({place: own[0]!.from, ms: Math.max(-1, ...own.flatMap(({ms}) => ms?.most ?? [])), said: (['UDP', 'TCP'] as const).flatMap(protocol => own.filter(cell => cell.protocol === protocol).map(cell => `${protocol} ${shareOf(cell)}`)).join(', ')}));
      const lines = [...Map.groupBy(rows, ({said, place}) => (wide ? JSON.stringify([said, place]) : said)).values()].flatMap(same => {
        const most = Math.max(...same.map(({ms}) => ms));
        return paragraph(`${same[0]!.said}${most < 0 ? '' : `, ${most} ms`}; from ${placesText(same.map(({place}) => place), '')}`, style, 4);
      });
      return [...paragraph(head, style), ...lines];
    }),
  ];
}

const kinds = {vip: 'DNS Service', pod: 'CoreDNS pod', nameserver: 'nameserver', upstream: 'upstream'} as const;

function shareOf({via, tries, answered, failures}: MatrixCell): string {
  if (via === null) return '?';
  const [failure] = Object.keys(failures);
  return `${answered}/${tries}${failure === undefined ? '' : ` ${failure.replaceAll('-', ' ')}`}`;
}

/** At most three of a kind by name. */
function placesText(places: readonly ReportedPlace[], prefix: string): string {
  const names = [...new Set(places.map(({kind, namespace, name}) => (kind === 'Node' ? `${prefix}${name}` : `${namespace}/${name}`)))];
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`;
}

function grouped<T>(items: readonly T[], key: (item: T) => string): (readonly [T, ...T[]])[] {
  return [...Map.groupBy(items, key).values()] as unknown as (readonly [T, ...T[]])[];
}

function paragraph(text: string, style: Style, indent = 2): string[] {
  return wrap(plain(text), style.width - indent - 2).map((line, i) => `${' '.repeat(i === 0 ? indent : indent + 2)}${line}`);
}
