import {isIPv4} from 'node:net';
import type {Addresses} from './addresses.ts';
import {addressPatches, replaceAddresses} from './address-texts.ts';
import {ChainNames, nftChain} from './chain-names.ts';
import type {Names} from './names.ts';
import {type Patch, patch} from './patch.ts';
import type {SecretKey} from './secret-key.ts';
import type {Texts} from './texts.ts';

/** iptables' `--comment x` or `--comment "x y"`, nft's `comment "x y"`, also in its JSON. */
const comment = /(?<=--comment )[^\s"]+|(?<=\bcomment(?: |": ?))"(?:[^"\\]|\\.)*"/g;
/** `namespace/name:port`, and `-> address:port` behind it where the rule leads to one endpoint. */
const reference = /(?<![\w./-])([a-z0-9](?:[a-z0-9-]*[a-z0-9])?)\/([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)((?::[\w-]+)?)(?![\w/])/g;
const destination = /^[^\n]*?--to-destination (\S+)/;
/** A network in nft's JSON: its length stands apart. */
const jsonPrefix = /(?<="addr": ?")([^"]+)(", ?"len": ?)(\d+)/g;
/** nftables mode: `service-ULMVA6XW-shop/cart/tcp/http`, an endpoint's with `__10.1.2.3/80` behind. */
const nftName = /\b([A-Z2-7]{8})-([a-z0-9.-]+)\/([a-z0-9.-]+)\/(tcp|udp|sctp)\/([a-z0-9-]*)((?:__[0-9a-f.:]+\/\d+)?)/g;

/**
 * Pseudonyms in iptables-save's and nft's texts. Only comments, chains' names and addresses hold any: matches, targets and
 * counters are never touched, whatever a Service is called. Chains that are not kube-proxy's keep their names.
 */
export class Rules {
  readonly #names: Names;
  readonly #addresses: Addresses;
  readonly #texts: Texts;
  readonly #chains: ChainNames;
  readonly #patches: readonly Patch[];

  constructor(key: SecretKey, names: Names, addresses: Addresses, texts: Texts) {
    this.#names = names;
    this.#addresses = addresses;
    this.#texts = texts;
    this.#chains = new ChainNames(key);
    this.#patches = [
      [comment, found => this.#comment(found)],
      [jsonPrefix, ([, address = '', between = '', bits = '']) => `${addresses.ofPrefix(address, Number(bits))}${between}${bits}`],
      [nftName, found => this.#nftName(found)],
      ...addressPatches(addresses),
    ];
  }

  /** Learns a Service's chains from the Service itself; rules tell about those whose Service was not recorded. */
  learn(namespace: string, service: string, port: string): void {
    const suffix = port === '' ? '' : `:${port}`;
    this.#chains.learn(`${namespace}/${service}${suffix}`, `${this.#names.of('ns', namespace)}/${this.#names.of('svc', service)}${suffix}`);
  }

  of(text: string): string {
    return this.#chains.replace(patch(text, this.#patches));
  }

  #comment({0: text, index, input}: RegExpExecArray): string {
    if (/^"?kubernetes /.test(text)) return text;
    const leadsTo = / -> ([^\s"]+)/.exec(text)?.[1] ?? destination.exec(input.slice(index, index + 1000))?.[1];
    let isReference = false;
    const replaced = patch(text, [[reference, ([, namespace = '', service = '', port = '']) => {
      isReference = true;
      const after = `${this.#names.of('ns', namespace)}/${this.#names.of('svc', service)}${port}`;
      this.#chains.learn(`${namespace}/${service}${port}`, after, leadsTo === undefined ? undefined : {before: leadsTo, after: replaceAddresses(leadsTo, this.#addresses)});
      return after;
    }], ...addressPatches(this.#addresses)]);
    return isReference ? replaced : this.#texts.of(text);
  }

  #nftName([, , namespace = '', service = '', protocol = '', port = '', endpoint = '']: RegExpExecArray): string {
    return nftChain(`${this.#names.of('ns', namespace)}/${this.#names.of('svc', service)}/${protocol}/${port}${replaceNftEndpoint(endpoint, this.#addresses)}`);
  }
}

/** nft's names hold no colons: an IPv6 address stands there with dots. */
function replaceNftEndpoint(text: string, addresses: Addresses): string {
  return text.replace(/^(__)(.+)(\/\d+)$/, (_whole, head: string, address: string, port: string) => {
    const after = addresses.of(isIPv4(address) ? address : address.replaceAll('.', ':'));
    return head + after.replaceAll(':', '.') + port;
  });
}
