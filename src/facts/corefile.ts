import {isKnown} from '../cluster/answer.ts';
import type {ConfigMap} from '../cluster/objects.ts';
import {readConfig} from '../model/coredns/config.ts';
import {corefileOf} from '../model/dns/servers.ts';
import {parseCorefile} from '../parse/corefile.ts';
import type {Learn} from './facts.ts';

/** From the ConfigMap that CoreDNS's pods mount; files that it imports are not read. */
export const corefile: Learn<'corefile'> = async ({cluster, one, need, take}) => {
  const [pods, {namespace}] = await Promise.all([need('dnsPods'), one()]);
  const named = pods.map(corefileOf).find(found => found !== null) ?? {configMap: 'coredns', key: 'Corefile'};
  const object = await take(cluster.get<ConfigMap>('configmaps', pods[0]?.metadata.namespace ?? namespace, named.configMap));
  const text = object?.data?.[named.key];
  const name = `${pods[0]?.metadata.namespace ?? namespace}/${named.configMap}`;
  if (text === undefined) return {configMap: name, text: null, config: null};
  // Another ConfigMap of the same namespace is mounted beside it: only k3s and AKS do so, and CoreDNS does without it.
  const custom = /^[ \t]*import\b/m.test(text) ? await cluster.get<ConfigMap>('configmaps', pods[0]?.metadata.namespace ?? namespace, 'coredns-custom') : null;
  const files = custom !== null && isKnown(custom) ? Object.entries(custom.known?.data ?? {}) : null;
  return {configMap: name, text, config: readConfig(parseCorefile(text, {
    file: `/etc/coredns/${named.key}`,
    imported: pattern => {
      const [, folder, end] = /^(.*\/custom\/)\*(.*)$/.exec(pattern) ?? [];
      return folder === undefined || files === null ? null : files.filter(([key]) => key.endsWith(end ?? '')).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, content]) => ({path: `${folder}${key}`, text: content}));
    },
  }))};
};
