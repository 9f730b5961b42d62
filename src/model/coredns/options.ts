import type {Dispenser} from '../../parse/corefile/dispenser.ts';
import {type CacheOptions, readCache} from './setup/cache.ts';
import {type ForwardOptions, readForwards} from './setup/forward.ts';
import {type KubernetesOptions, readKubernetes} from './setup/kubernetes.ts';
import {type HostsOptions, readHosts, readRewrites, readTemplates, type RewriteRule, type TemplateOptions} from './setup/own-answers.ts';
import type {Around} from './setup/setup.ts';
import * as simple from './setup/simple.ts';

/** The options of a server block's plugins; null, false or empty: it has no such plugin, or it was refused. */
export interface PluginOptions {
  kubernetes: KubernetesOptions | null;
  forwards: readonly ForwardOptions[];
  cache: CacheOptions | null;
  hosts: HostsOptions | null;
  templates: readonly TemplateOptions[];
  rewrites: readonly RewriteRule[];
  acl: readonly simple.AclRule[];
  autopath: simple.AutopathOptions | null;
  health: simple.HealthOptions | null;
  /** Addresses that they answer at. */
  ready: string | null;
  prometheus: string | null;
  /** Null: on every address. */
  bind: readonly string[] | null;
  bufsize: number | null;
  reloadMs: number | null;
  loop: boolean;
  errors: boolean;
  log: boolean;
  loadbalance: boolean;
}

export const noOptions = (): PluginOptions => ({
  kubernetes: null, forwards: [], cache: null, hosts: null, templates: [], rewrites: [], acl: [], autopath: null, health: null, ready: null, prometheus: null, bind: null, bufsize: null, reloadMs: null, loop: false, errors: false, log: false, loadbalance: false,
});

/** Directive → how its words are read. What is not here is taken as it is: see Server.unread. */
export const readers: Readonly<Record<string, (words: Dispenser, around: Around, into: PluginOptions) => void>> = {
  kubernetes: (words, around, into) => { into.kubernetes = readKubernetes(words, around); },
  forward: (words, _, into) => { into.forwards = readForwards(words); },
  cache: (words, around, into) => { into.cache = readCache(words, around); },
  hosts: (words, around, into) => { into.hosts = readHosts(words, around); },
  template: (words, around, into) => { into.templates = readTemplates(words, around); },
  rewrite: (words, _, into) => { into.rewrites = readRewrites(words); },
  acl: (words, around, into) => { into.acl = simple.readAcl(words, around); },
  autopath: (words, around, into) => { into.autopath = simple.readAutopath(words, around); },
  health: (words, _, into) => { into.health = simple.readHealth(words); },
  ready: (words, _, into) => { into.ready = simple.readReady(words); },
  prometheus: (words, _, into) => { into.prometheus = simple.readPrometheus(words); },
  bind: (words, _, into) => { into.bind = simple.readBind(words); },
  bufsize: (words, _, into) => { into.bufsize = simple.readBufsize(words); },
  reload: (words, _, into) => { into.reloadMs = simple.readReload(words); },
  loop: (words, _, into) => { simple.readLoop(words); into.loop = true; },
  errors: (words, _, into) => { simple.readErrors(words); into.errors = true; },
  log: (words, _, into) => { simple.readLog(words); into.log = true; },
  loadbalance: (words, _, into) => { simple.readLoadbalance(words); into.loadbalance = true; },
  whoami: simple.readWithoutOptions, minimal: simple.readWithoutOptions, debug: simple.readWithoutOptions,
  cancel: simple.readCancel, pprof: simple.readPprof, any: () => undefined,
};
