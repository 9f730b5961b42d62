/** What one message of kube-proxy's log says, apart from how often it says so. */
export type ProxyLogCause =
  /** It ended because its configuration does not hold, or cannot be read. `field` such as `Mode.ProxyMode`; null: none is named. */
  | {readonly cause: 'configuration-refused'; readonly field: string | null; readonly reason: string}
  /** A field or value of the configuration that this release does not know: it goes on without. */
  | {readonly cause: 'configuration-ignored'; readonly reason: string}
  /** Its kubeconfig, or its service account's token, is not there or cannot be read. */
  | {readonly cause: 'no-api-credentials'; readonly reason: string}
  | {readonly cause: 'forbidden'; readonly user: string; readonly verb: string; readonly resource: string; readonly group: string}
  /** The API server does not know who asks. */
  | {readonly cause: 'unauthorized'}
  /** `address` is what was dialled, or the host of the URL. kube-proxy 1.36 does not log a server that refuses at all. */
  | {readonly cause: 'apiserver-unreachable'; readonly address: string; readonly reason: ProxyReason; readonly detail: string}
  /** It waits for its Node, Services and slices: no rules are written, and no ports of its own are served. Said only when nothing follows. */
  | {readonly cause: 'waiting-for-api'}
  /** There is no Node of its name, so it takes 127.0.0.1 for its address. `node` is null where the line does not name it. */
  | {readonly cause: 'node-unknown'; readonly node: string | null}
  /** iptables-restore or nft did not take the rules: none of them are written. */
  | {readonly cause: 'rules-refused'; readonly tool: 'iptables' | 'nftables'; readonly reason: 'locked' | 'other'; readonly detail: string}
  /** Rules vanished behind its back; it writes them anew. */
  | {readonly cause: 'rules-flushed'}
  /** It ended because the node cannot do what the mode needs. */
  | {readonly cause: 'mode-unsupported'; readonly mode: 'iptables' | 'ipvs' | 'nftables'; readonly reason: string}
  /** It ended because it may not set the conntrack sizes that its configuration wants. */
  | {readonly cause: 'conntrack-denied'; readonly reason: string}
  /** One of its own ports is taken. */
  | {readonly cause: 'cannot-listen'; readonly address: string; readonly detail: string}
  | {readonly cause: 'ipvs-failed'; readonly detail: string}
  | {readonly cause: 'panic'; readonly detail: string}
  /** It ended, for a reason that is not told apart here. */
  | {readonly cause: 'ended'; readonly reason: string}
  /** An error that is not told apart here. */
  | {readonly cause: 'other-error'; readonly text: string};

export type ProxyReason = 'timed-out' | 'refused' | 'no-route' | 'network-unreachable' | 'reset' | 'certificate' | 'no-such-host' | 'other';

const reasons: readonly (readonly [RegExp, ProxyReason])[] = [
  [/x509:|tls: /, 'certificate'], [/no such host|\blookup \S+( on \S+)?: /, 'no-such-host'], [/connection refused/, 'refused'], [/no route to host/, 'no-route'], [/network is unreachable/, 'network-unreachable'],
  [/connection reset by peer/, 'reset'], [/i\/o timeout|deadline exceeded|Client\.Timeout|TLS handshake timeout|connection timed out/, 'timed-out'],
];

/** A message of klog: its severity, and its text with the values that stand behind it, unescaped. */
export interface KlogMessage {
  readonly severity: 'I' | 'W' | 'E' | 'F';
  readonly text: string;
}

/** klog's head, `E1121 21:23:45.655059   13730 run.go:72] `; null: another line. */
export function readKlog(line: string): KlogMessage | null {
  const [, severity = '', text = ''] = /^([IWEF])\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ [^\s\]]+:\d+\] (.*)$/s.exec(line) ?? [];
  return severity === '' ? null : {severity: severity as KlogMessage['severity'], text: text.replaceAll(/\\(["\\])/g, '$1')};
}

/** The strings are those of kube-proxy 1.36 and of releases back to 1.20. Null: it says nothing of a cause. */
export function causeOfProxy({severity, text}: KlogMessage): ProxyLogCause | null {
  return ofStart(text) ?? ofApi(text) ?? ofRules(text) ?? (severity === 'E' && !harmless.test(text) ? {cause: 'other-error', text} : severity === 'F' ? {cause: 'ended', reason: text} : null);
}

/** Said by every kube-proxy with the usual configuration, and by each in nftables mode that finds no table of its own when it starts. */
const harmless = /configuration may be incomplete or incorrect|Failed to list existing nftables objects.*No such file or directory/s;

/** What it ends with, and what its configuration and node are. */
function ofStart(text: string): ProxyLogCause | null {
  const lenient = /Using lenient decoding as strict decoding failed" err="(?:strict decoding error: )?(.*)"$/s.exec(text);
  if (lenient !== null) return {cause: 'configuration-ignored', reason: lenient[1]!};
  const [, failed] = /"(?:command failed|Error running ProxyServer)" err="(.*)"$/s.exec(text) ?? [];
  if (failed !== undefined) return ofEnd(failed);
  const node = /Timed out waiting for node to exist" node="([^"]*)"|Failed to retrieve node info: nodes "([^"]*)" not found|Failed to retrieve node info" err="nodes "([^"]*)" not found/.exec(text);
  if (node !== null) return {cause: 'node-unknown', node: node[1] ?? node[2] ?? node[3] ?? null};
  if (/Can't determine this node's IP, assuming loopback|initialize kube-proxy with 127\.0\.0\.1 as nodeIP/.test(text)) return {cause: 'node-unknown', node: null};
  const listen = /listen tcp[46]? (\S+): bind: ([^"\n]*)/.exec(text);
  return listen === null ? null : {cause: 'cannot-listen', address: listen[1]!, detail: listen[2]!.replace(/\.$/, '')};
}

function ofEnd(reason: string): ProxyLogCause {
  const [, field, invalid] = /^failed validate: KubeProxyConfiguration\.([\w.[\]]+): (.*)$/s.exec(reason) ?? [];
  if (field !== undefined) return {cause: 'configuration-refused', field, reason: invalid!};
  const listen = /listen tcp[46]? (\S+): bind: ([^"\n]*)/.exec(reason);
  if (listen !== null) return {cause: 'cannot-listen', address: listen[1]!, detail: listen[2]!};
  if (/conntrack|nf_conntrack/.test(reason)) return {cause: 'conntrack-denied', reason};
  const mode = /can't use the (IPVS|iptables|nftables) proxier|(iptables) is not available on this host|kube-proxy in (nftables) mode requires|(iptables|nftables) is not supported/i.exec(reason);
  if (mode !== null) return {cause: 'mode-unsupported', mode: (mode[1] ?? mode[2] ?? mode[3] ?? mode[4] ?? '').toLowerCase() as 'iptables' | 'ipvs' | 'nftables', reason};
  if (/kubeconfig|serviceaccount\/|in-cluster configuration|invalid configuration|unable to load|unable to read (client|certificate)/.test(reason)) return {cause: 'no-api-credentials', reason};
  return /^failed (validate|complete): |strict decoding|unmarshal|no kind /.test(reason) ? {cause: 'configuration-refused', field: /Go struct field \w+\.([\w.]+)/.exec(reason)?.[1] ?? null, reason} : {cause: 'ended', reason};
}

/** What its reflectors meet (client-go tools/cache/reflector.go). */
function ofApi(text: string): ProxyLogCause | null {
  const forbidden = /is forbidden: User "([^"]+)" cannot (\S+) resource "([^"]+)" in API group "([^"]*)"/.exec(text);
  if (forbidden !== null) return {cause: 'forbidden', user: forbidden[1]!, verb: forbidden[2]!, resource: forbidden[3]!, group: forbidden[4]!};
  if (!/[Ff]ailed to (list|watch)|Failed to retrieve node info/.test(text)) return null;
  if (/: Unauthorized\b/.test(text)) return {cause: 'unauthorized'};
  const [, host, rest = ''] = /(?:Get|Post) "?https?:\/\/([^/\s"]+)[^\s"]*"?: (.*)$/s.exec(text) ?? [];
  if (host === undefined) return null;
  const detail = rest.replace(/" logger=.*$|"(?: \w+=.*)?$/s, '');
  return {cause: 'apiserver-unreachable', address: /dial tcp (\d\S+): /.exec(detail)?.[1] ?? host, reason: reasons.find(([pattern]) => pattern.test(detail))?.[1] ?? 'other', detail: detail.replace(/^dial tcp(?: \S+)?: (?:connect: )?/, '')};
}

function ofRules(text: string): ProxyLogCause | null {
  const failed = /Failed to execute iptables-restore(?:" (?:rules=.* )?err=(?:<\n)?|: )(.*)$|"?(nftables sync failed)"? err=(?:<\n)?(.*)$/s.exec(text);
  if (failed !== null) {
    const detail = (failed[1] ?? failed[3] ?? '').replace(/\n >.*$|" \w+=.*$|"$/s, '').replace(/^"/, '').trim();
    return {cause: 'rules-refused', tool: failed[2] === undefined ? 'iptables' : 'nftables', reason: /xtables lock|xtables\.lock|Stopped waiting after/.test(detail) ? 'locked' : 'other', detail};
  }
  if (/IPTables canary deleted|Reloading after iptables flush|Inconsistent iptables state detected/i.test(text)) return {cause: 'rules-flushed'};
  const ipvs = /Failed to (?:bind service address to dummy device|unbind service addr|(?:add|get|update) IPVS service|sync endpoint for service)[^]*/.exec(text);
  return ipvs === null ? null : {cause: 'ipvs-failed', detail: ipvs[0].slice(0, 300)};
}
