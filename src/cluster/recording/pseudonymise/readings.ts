import type {NodeReading, Section} from '../../cluster.ts';
import type {Addresses} from './addresses.ts';
import {replaceAddresses, replaceInArp, replaceInInet6, replaceInIpvs, replaceInIpvsConnections, replaceInTrie, replaceInWords} from './address-texts.ts';
import type {Configurations} from './configurations.ts';
import type {Names} from './names.ts';
import type {Rules} from './rules.ts';
import type {Texts} from './texts.ts';

/** Pseudonyms in what was read on a node, by section (reading.ts). A section that is not known here counts as rules. */
export class Readings {
  readonly #names: Names;
  readonly #stdout: Readonly<Record<string, (text: string) => string>>;
  readonly #rules: Rules;
  readonly #texts: Texts;

  constructor(names: Names, addresses: Addresses, rules: Rules, texts: Texts, configurations: Configurations) {
    this.#names = names;
    this.#rules = rules;
    this.#texts = texts;
    this.#stdout = {
      tools: text => text,
      kernel: text => text,
      sysctl: text => text,
      ip_tables_names: text => text,
      ip6_tables_names: text => text,
      'nft-tables': text => text,
      ip_vs: text => replaceInIpvs(text, addresses),
      ip_vs_conn: text => replaceInIpvsConnections(text, addresses),
      conntrack: text => replaceAddresses(text, addresses),
      modules: text => text,
      fib_trie: text => replaceInTrie(text, addresses),
      if_inet6: text => replaceInInet6(text, addresses),
      route: text => replaceInWords(text, addresses),
      arp: text => replaceInArp(text, addresses),
      links: text => text,
      conf: text => text,
      sockets: text => replaceInWords(text, addresses),
      processes: text => configurations.of(text),
    };
  }

  of({node, via, sections}: NodeReading): NodeReading {
    const rows = Object.entries(sections).map(([name, section]): [string, Section] => {
      const replace = Object.hasOwn(this.#stdout, name) ? this.#stdout[name] : undefined;
      return [name, {...section, stdout: (replace ?? (text => this.#rules.of(text)))(section.stdout), stderr: this.#texts.of(section.stderr)}];
    });
    return {node: this.#names.of('node', node), via, sections: Object.fromEntries(rows)};
  }
}
