import type {Addresses} from './addresses.ts';
import {addressPatches} from './address-texts.ts';
import type {Hosts} from './hosts.ts';
import type {Names} from './names.ts';
import {type Patch, patch} from './patch.ts';

/** A certificate tells whose cluster it is, and no part of it may be changed. */
const pem = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----\n?/g;
const url = /\b(https?:\/\/)([^\s/"',]+)/g;
/** A DNS name or a dashed one; not part of a path, a key's domain or a longer word. */
const token = /(?<![\w./-])[A-Za-z0-9*](?:[A-Za-z0-9_-]|\.(?=[A-Za-z0-9_-]))*(?![\w/])/g;
const clusterName = /(?<![\w.-])(?:[\w-]+\.)+(?:svc|pod)(?:\.[\w-]+)*/g;
const fileEnding = /\.(conf|config|yaml|yml|json|crt|key|pem|sock|db|go|list|log|toml|kubeconfig|so|sh|txt)$/;

/**
 * Pseudonyms in a configuration (a ConfigMap's data, a command line). More careful than in a text: a single plain word may be a
 * key or a plug-in's name that something else is called by as well, so it stays; every DNS name is replaced, known or not.
 */
export class Configurations {
  readonly #names: Names;
  readonly #hosts: Hosts;
  readonly #patches: readonly Patch[];

  constructor(names: Names, addresses: Addresses, hosts: Hosts) {
    this.#names = names;
    this.#hosts = hosts;
    this.#patches = [
      [pem, () => ''],
      [url, ([, scheme = '', host = '']) => scheme + hosts.withPort(host)],
      [clusterName, ([host]) => hosts.of(host)],
      ...addressPatches(addresses),
      [token, ([found]) => this.#token(found)],
    ];
  }

  of(text: string): string {
    return patch(text, this.#patches);
  }

  #token(found: string): string {
    if (/^[A-Za-z]+$/.test(found) || /^[\d.]+$/.test(found)) return found;
    const known = this.#names.known(found);
    if (known !== null) return known;
    return /\.[A-Za-z]{2,}$/.test(found) && !fileEnding.test(found) && /^[a-z0-9.*_-]+$/.test(found) ? this.#hosts.of(found) : found;
  }
}
