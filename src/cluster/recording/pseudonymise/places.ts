import {isKnown, known, unknown, type Answer} from '../../answer.ts';
import type {PlaceReading, Section} from '../../cluster.ts';
import {rewriteMessage} from '../../dns-message.ts';
import {type DnsQuestion, messageId, type PlaceName, readTry, viaProbe} from '../../dns-tries.ts';
import type {DnsTry} from '../../dns.ts';
import type {DnsExchange, PlaceExchange} from '../recording.ts';
import type {Addresses} from './addresses.ts';
import {replaceAddresses, replaceInArp, replaceInInet6, replaceInTrie, replaceInWords} from './address-texts.ts';
import type {DomainNames} from './domain-names.ts';
import type {Names} from './names.ts';
import type {Texts} from './texts.ts';

/** Pseudonyms in what was read and asked at places. */
export class Places {
  readonly #names: Names;
  readonly #addresses: Addresses;
  readonly #domains: DomainNames;
  readonly #texts: Texts;

  constructor(names: Names, addresses: Addresses, domains: DomainNames, texts: Texts) {
    this.#names = names;
    this.#addresses = addresses;
    this.#domains = domains;
    this.#texts = texts;
  }

  /** Learns the search domains of all resolvers, which names of questions are made with. */
  learn({answer}: PlaceExchange): void {
    if (!isKnown(answer)) return;
    for (const {stdout} of Object.values(answer.known.sections)) for (const [, list = ''] of stdout.matchAll(/^\s*(?:search|domain)\s+(.*)$/gm)) list.trim().split(/\s+/).forEach(domain => this.#domains.learn(domain));
  }

  reading(exchange: PlaceExchange): PlaceExchange {
    return {ask: 'place', place: this.name(exchange.place), answer: this.#answer(exchange.answer, ({sections}): PlaceReading => {
      return {sections: Object.fromEntries(Object.entries(sections).map(([name, section]): [string, Section] => [name, {...section, stdout: this.#stdout(name, section.stdout), stderr: this.#texts.of(section.stderr)}]))};
    })};
  }

  dns(exchange: DnsExchange): DnsExchange {
    const place = this.name(exchange.place);
    const {server, name, ...rest} = exchange.question;
    const question = {...rest, server: this.#domains.ofHost(server), name: this.#domains.of(name)};
    return {ask: 'dns', place, question, answer: this.#answer(exchange.answer, ({via, tries}) => ({via: via === viaProbe(exchange.place) ? viaProbe(place) : this.#texts.of(via), tries: tries.map(each => this.#try(each, exchange.question, question))}))};
  }

  name({node, pod}: PlaceName): PlaceName {
    return {node: this.#names.of('node', node), pod: pod === null ? null : {namespace: this.#names.of('ns', pod.namespace), name: this.#names.of('pod', pod.name)}};
  }

  #answer<T>(answer: Answer<T>, replace: (value: T) => T): Answer<T> {
    return isKnown(answer) ? known(replace(answer.known)) : unknown(answer.unknown.why, this.#texts.of(answer.unknown.detail));
  }

  /** A message that cannot be taken apart may hold anything: it is left out, and what was wrong with it. The ID stays as right or wrong as it was. */
  #try(each: DnsTry, before: DnsQuestion, after: DnsQuestion): DnsTry {
    const from = each.from === null ? null : replaceAddresses(each.from, this.#addresses);
    const detail = each.detail === null ? null : this.#texts.of(each.detail);
    if (each.hex === '') return {...each, from, detail};
    const bytes = rewriteMessage(Buffer.from(each.hex, 'hex'), {name: name => this.#domains.of(name), address: address => this.#addresses.of(address)});
    if (bytes === null) {
      const left = {...each, from, hex: '', message: null};
      return each.outcome === 'answered' || each.outcome === 'malformed' ? {...left, outcome: 'malformed', detail: leftOut} : {...left, detail};
    }
    bytes.writeUInt16BE(bytes.readUInt16BE(0) ^ messageId(before) ^ messageId(after), 0);
    return readTry(after, {outcome: each.outcome, detail, micros: each.micros, from, hex: bytes.toString('hex')});
  }

  #stdout(section: string, text: string): string {
    const lines = (replace: (line: string) => string): string => text.split('\n').map(replace).join('\n');
    switch (section) {
      case 'cluster-first-resolv-conf':
      case 'resolv-conf':
      case 'systemd-resolv-conf':
        return lines(line => this.#resolver(line));
      case 'hosts':
        return lines(line => (/^\s*#/.test(line) ? comment(line) : line.replace(/#.*/, '').replace(/\S+/g, word => (loopbackNames.test(word) ? word : this.#domains.ofHost(word)))));
      case 'nsswitch':
        return lines(line => (/^\s*#/.test(line) ? '#' : line.replace(/#.*/, '')));
      case 'kubelet':
        return lines(line => line.replace(/^(--cluster-domain=|clusterDomain:\s*"?)([^"\s]+)/, (_, head: string, domain: string) => head + this.#domains.of(domain)).replace(/^(?!--cluster-domain|clusterDomain).*/, found => this.#texts.of(found)));
      case 'pid':
        return lines(line => line.replace(/^(\d+) .*/, '$1 program').replace(/^\/.*?(?= (?:interpreter|static)\b|$)/, '/program'));
      case 'holders':
        return lines(line => line.replace(/^(\d+ \d+) .*/, '$1 program'));
      case 'sockets':
      case 'route':
        return replaceInWords(text, this.#addresses);
      case 'fib_trie':
        return replaceInTrie(text, this.#addresses);
      case 'if_inet6':
        return replaceInInet6(text, this.#addresses);
      case 'arp':
        return replaceInArp(text, this.#addresses);
      case 'links':
        return text;
      default:
        return section === 'libc' || section === 'os-release' ? text : this.#texts.of(text);
    }
  }

  /** resolv.conf(5): what no resolver reads is left out. */
  #resolver(line: string): string {
    const [, head = '', keyword = '', rest = ''] = /^(\s*)(\S*)(.*)$/s.exec(line) ?? [];
    if (keyword === 'search' || keyword === 'domain') return head + keyword + rest.replace(/\S+/g, domain => this.#domains.of(domain));
    if (keyword === 'nameserver' || keyword === 'sortlist') return head + keyword + replaceAddresses(rest, this.#addresses);
    return keyword === 'options' || keyword === '' ? line : '#';
  }
}

const leftOut = 'the message was left out of the pseudonymised recording';

/** What the kubelet writes into every pod's hosts file (kubernetes pkg/kubelet/kubelet_pods.go). */
const loopbackNames = /^ip6-(localhost|loopback|localnet|mcastprefix|allnodes|allrouters)$/;

/** The kubelet's own first line says who wrote the file; any other comment may say anything. */
function comment(line: string): string {
  return /^# Kubernetes-managed hosts file( \(host network\))?\.$/.test(line) ? line : '#';
}
