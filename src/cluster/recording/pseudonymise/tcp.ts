import {isKnown, known, unknown} from '../../answer.ts';
import {viaProbe} from '../../dns-tries.ts';
import type {TcpTry, TlsCertificate} from '../../tcp.ts';
import type {TcpQuestion} from '../../tcp-tries.ts';
import type {TcpExchange} from '../recording.ts';
import type {Addresses} from './addresses.ts';
import {replaceAddresses} from './address-texts.ts';
import type {DomainNames} from './domain-names.ts';
import type {Hosts} from './hosts.ts';
import type {Names} from './names.ts';
import type {Places} from './places.ts';
import type {SecretKey} from './secret-key.ts';
import type {Texts} from './texts.ts';

/** What Kubernetes' own programs answer at; a body of any other path may be an application's, and is left out. */
const ownPath = /^\/(healthz|livez|readyz|metrics|proxyMode|configz|version)(?=$|[/?])/;

/** What kubeadm, k3s, RKE2 and apiservers themselves call their certificates' owners: says nothing of whose cluster it is. */
const ownName = /^(kubernetes|kube-apiserver|apiserver|kubernetes-ca|front-proxy-ca|etcd-ca|kubeadm|k3s|rke2|localhost|system:[a-z:-]+|(k3s|rke2)-(server|client)-ca@\d+|apiserver(-loopback-client|-loopback-client-ca)?@\d+|kube-apiserver-(lb|localhost|service-network)-signer|kube-apiserver-service-network)$/;

/** Pseudonyms in what TCP ports answered. */
export class TcpPorts {
  readonly #key: SecretKey;
  readonly #names: Names;
  readonly #addresses: Addresses;
  readonly #hosts: Hosts;
  readonly #domains: DomainNames;
  readonly #texts: Texts;
  readonly #places: Places;

  constructor(key: SecretKey, names: Names, addresses: Addresses, hosts: Hosts, domains: DomainNames, texts: Texts, places: Places) {
    this.#key = key;
    this.#names = names;
    this.#addresses = addresses;
    this.#hosts = hosts;
    this.#domains = domains;
    this.#texts = texts;
    this.#places = places;
  }

  of({place: before, question, answer}: TcpExchange): TcpExchange {
    const place = this.#places.name(before);
    const keepsBody = question.what.kind === 'http' && ownPath.test(question.what.path);
    return {
      ask: 'tcp', place, question: this.#question(question),
      answer: isKnown(answer) ? known({via: answer.known.via === viaProbe(before) ? viaProbe(place) : this.#texts.of(answer.known.via), tries: answer.known.tries.map(each => this.#try(each, keepsBody))}) : unknown(answer.unknown.why, this.#texts.of(answer.unknown.detail)),
    };
  }

  #question({address, port, what}: TcpQuestion): TcpQuestion {
    const renamed = what.kind === 'http' ? {...what, host: this.#hosts.withPort(what.host), path: this.#texts.path(what.path)} : what.kind === 'tls' && what.serverName !== null ? {...what, serverName: this.#domains.ofHost(what.serverName)} : what;
    return {address: this.#domains.ofHost(address), port, what: renamed};
  }

  /** What a malformed answer said may be anything. */
  #try(each: TcpTry, keepsBody: boolean): TcpTry {
    const {http, tls, icmp, detail} = each;
    return {
      ...each,
      detail: detail === null ? null : this.#texts.of(detail.replace(/(?<=; it said ).*$/s, 'something')),
      icmp: icmp === null || icmp.from === null ? icmp : {...icmp, from: replaceAddresses(icmp.from, this.#addresses)},
      http: http === null ? null : {...http, body: keepsBody ? this.#texts.of(http.body) : '', truncated: http.truncated || (!keepsBody && http.body !== '')},
      tls: tls === null ? null : {...tls, chain: tls.chain.map(certificate => this.#certificate(certificate))},
    };
  }

  #certificate(certificate: TlsCertificate): TlsCertificate {
    const {subject, issuer, sans, sha256, keyId, issuerKeyId} = certificate;
    // a digest is one of public knowledge: it would tell whose certificate this is
    const digest = (hex: string): string => this.#key.hex(`certificate ${hex}`).slice(0, hex.length);
    return {
      ...certificate, subject: this.#owner(subject), issuer: this.#owner(issuer), sha256: digest(sha256), keyId: keyId === null ? null : digest(keyId), issuerKeyId: issuerKeyId === null ? null : digest(issuerKeyId),
      sans: {dns: sans.dns.map(name => this.#domains.ofHost(name)), ip: sans.ip.map(address => this.#domains.ofHost(address))},
    };
  }

  /** `O=acme, CN=api.acme.com`; a value may hold commas. */
  #owner(name: string): string {
    return name.split(/, (?=[A-Za-z0-9.]+=)/).map(part => {
      const [, field = '', value = ''] = /^([A-Za-z0-9.]+)=(.*)$/s.exec(part) ?? ['', '', part];
      const renamed = ownName.test(value) ? value : /[.:]/.test(value) && !/\s/.test(value) ? this.#domains.ofHost(value) : this.#names.of('obj', value);
      return field === '' ? renamed : `${field}=${renamed}`;
    }).join(', ');
  }
}
