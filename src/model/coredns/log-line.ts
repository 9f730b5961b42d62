/** What one line of CoreDNS's log says, apart from how often it says so. */
export type LogCause =
  /** Its own question came back to it: a forward leads to itself. `from` and `to` as the plugin loop names them; null: an older CoreDNS, which does not. */
  | {readonly cause: 'loop'; readonly zone: string; readonly from: string | null; readonly to: string | null}
  /** The Corefile, or an option in it, was refused. `line` is null where CoreDNS names none; `reason` is in its words. */
  | {readonly cause: 'corefile-refused'; readonly when: 'start' | 'reload'; readonly plugin: string | null; readonly file: string | null; readonly line: number | null; readonly reason: string}
  /** `fatal`: CoreDNS ended because of it. `address` as logged: `:53`. */
  | {readonly cause: 'cannot-listen'; readonly protocol: string; readonly address: string; readonly reason: 'in-use' | 'permission-denied' | 'not-local' | 'other'; readonly detail: string; readonly fatal: boolean}
  | {readonly cause: 'forbidden'; readonly user: string; readonly serviceAccount: {readonly namespace: string; readonly name: string} | null; readonly verb: string; readonly resource: string; readonly group: string}
  /** The API server does not know who asks: a token that is expired or of another cluster. */
  | {readonly cause: 'unauthorized'}
  /** `address` is what was dialled, or the host of the URL. */
  | {readonly cause: 'apiserver-unreachable'; readonly address: string; readonly reason: Reason; readonly detail: string}
  | {readonly cause: 'no-api-credentials'; readonly reason: string}
  /** `waiting`: not serving yet; `unsynced`: serving, without the cluster's names; `not-ready`: a readiness probe was told so. */
  | {readonly cause: 'api-not-synced'; readonly state: 'waiting' | 'unsynced' | 'not-ready'}
  /** `upstream` as logged: `192.0.2.1:53`. */
  | {readonly cause: 'upstream-failed'; readonly upstream: string; readonly protocol: string; readonly reason: Reason; readonly detail: string}
  /** Only the plugin loop's own question at the start (HINFO, two random numbers) got no answer: harmless by itself. */
  | {readonly cause: 'loop-probe-failed'; readonly upstream: string; readonly protocol: string; readonly reason: Reason; readonly detail: string}
  | {readonly cause: 'no-healthy-upstream'}
  | {readonly cause: 'too-many-queries'; readonly limit: number}
  /** Its own health endpoint answered late or not at all: CoreDNS gets too little CPU, or too many queries. */
  | {readonly cause: 'slow'; readonly detail: string}
  /** An upstream's answer could not be read: longer than CoreDNS asked for, or cut. */
  | {readonly cause: 'answer-unreadable'; readonly detail: string}
  /** Errors that the Corefile's `consolidate` counts instead of showing. */
  | {readonly cause: 'consolidated'; readonly pattern: string; readonly errors: number; readonly period: string}
  | {readonly cause: 'panic'; readonly detail: string}
  /** An error that is not told apart here. */
  | {readonly cause: 'other-error'; readonly text: string};

export type Reason = 'timed-out' | 'refused' | 'no-route' | 'network-unreachable' | 'reset' | 'certificate' | 'no-such-host' | 'other';

export interface LogLine {
  readonly cause: LogCause;
  /** The question that met the error. */
  readonly question: {readonly name: string; readonly type: string} | null;
}

const reasons: readonly (readonly [RegExp, Reason])[] = [
  [/connection refused/, 'refused'], [/no route to host/, 'no-route'], [/network is unreachable/, 'network-unreachable'], [/connection reset by peer/, 'reset'],
  [/x509:|tls: /, 'certificate'], [/no such host/, 'no-such-host'], [/i\/o timeout|deadline exceeded|Client\.Timeout|TLS handshake timeout|connection timed out/, 'timed-out'],
];

const reasonOf = (text: string): Reason => reasons.find(([pattern]) => pattern.test(text))?.[1] ?? 'other';

/**
 * The line, without a time stamp before it (kubelet's, or Go's log of old releases). Null: it says nothing of a cause. Strings are
 * those of CoreDNS 1.14 (plugin/loop, errors, forward, kubernetes, ready, health, reload; coredns/caddy; client-go's reflector) and
 * of its forerunners back to 1.3.
 */
export function readLine(line: string): LogLine | null {
  const question = /^\[(?:ERROR|WARNING|INFO|DEBUG)\] (?:plugin\/errors: )?\d+ (\S+) ([A-Z0-9]+): (.*)$/.exec(line);
  if (question !== null) return failedQuestion(question[1]!, question[2]!, question[3]!);
  const cause = ofItself(line);
  return cause === null ? null : {cause, question: null};
}

function failedQuestion(name: string, type: string, error: string): LogLine {
  const question = {name: name === '.' ? name : name.replace(/\.$/, ''), type};
  const limit = /concurrent queries exceeded maximum (\d+)/.exec(error);
  if (limit !== null) return {question, cause: {cause: 'too-many-queries', limit: Number(limit[1])}};
  if (/no healthy (proxies|upstreams?)/.test(error)) return {question, cause: {cause: 'no-healthy-upstream'}};
  if (/^dns: |overflow unpacking|buffer size too small/.test(error)) return {question, cause: {cause: 'answer-unreadable', detail: error}};
  const [, protocol, upstream, detail = ''] = /(?:read|write|dial) (udp|tcp)(?:[46])? (?:\S+->)?(\S+): (.*)$/.exec(error) ?? [];
  if (protocol === undefined || upstream === undefined) return {question, cause: {cause: 'other-error', text: error}};
  const probe = type === 'HINFO' && /^\d+\.\d+\./.test(name);
  return {question, cause: {cause: probe ? 'loop-probe-failed' : 'upstream-failed', upstream, protocol, reason: reasonOf(error), detail}};
}

function ofItself(line: string): LogCause | null {
  const loop = /plugin\/loop: (?:Loop \((\S+) -> (\S+)\) detected for zone "([^"]*)"|Seen "HINFO IN (\S+)" more than twice, loop detected)/.exec(line);
  if (loop !== null) return {cause: 'loop', zone: loop[3] ?? '.', from: loop[1] ?? null, to: loop[2] ?? null};
  const consolidated = /plugin\/errors: (\d+) errors like '(.*)' occurred in last (\S+)$/.exec(line);
  if (consolidated !== null) return {cause: 'consolidated', errors: Number(consolidated[1]), pattern: consolidated[2]!, period: consolidated[3]!};
  const listen = /listen (tcp|udp)[46]? (\S+): bind: (.*)$/.exec(line);
  if (listen !== null) return {cause: 'cannot-listen', protocol: listen[1]!, address: listen[2]!, reason: bindReason(listen[3]!), detail: listen[3]!, fatal: !line.startsWith('[')};
  const reload = /^\[(?:ERROR|WARNING)\] (?:Restart failed|SIGUSR1|plugin\/reload: Corefile changed but reload failed|plugin\/reload: Corefile parse failed): (.*)$/.exec(line);
  if (reload !== null) return refused(reload[1]!.replace(/^starting with listener file descriptors: /, ''), 'reload');
  return ofKubernetes(line) ?? ofServer(line);
}

function bindReason(text: string): 'in-use' | 'permission-denied' | 'not-local' | 'other' {
  return text.includes('address already in use') ? 'in-use' : text.includes('permission denied') ? 'permission-denied' : text.includes('cannot assign requested address') ? 'not-local' : 'other';
}

function ofKubernetes(line: string): LogCause | null {
  const forbidden = /is forbidden: User "([^"]+)" cannot (\S+) resource "([^"]+)" in API group "([^"]*)"/.exec(line);
  if (forbidden !== null) {
    const [, user = '', verb = '', resource = '', group = ''] = forbidden;
    const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user);
    return {cause: 'forbidden', user, serviceAccount: account === null ? null : {namespace: account[1]!, name: account[2]!}, verb, resource, group};
  }
  if (/(failed to (list|watch)|Failed to (list|watch)) .*: Unauthorized$/.test(line)) return {cause: 'unauthorized'};
  const asked = /[Ff]ailed to (?:list|watch)\b.*?(?:Get|Post) "?https?:\/\/([^/\s"]+)[^\s"]*"?: (.*)$/.exec(line);
  if (asked !== null) {
    const [, host = '', detail = ''] = asked;
    return {cause: 'apiserver-unreachable', address: /dial tcp (\S+): /.exec(detail)?.[1] ?? host, reason: reasonOf(detail), detail: detail.replace(/^dial tcp \S+: (connect: )?/, '')};
  }
  if (line.includes('starting server with unsynced Kubernetes API')) return {cause: 'api-not-synced', state: 'unsynced'};
  if (line.includes('waiting for Kubernetes API before starting server')) return {cause: 'api-not-synced', state: 'waiting'};
  return /plugin\/ready: (Still waiting on|Plugins not ready): .*"kubernetes"/.test(line) ? {cause: 'api-not-synced', state: 'not-ready'} : null;
}

function ofServer(line: string): LogCause | null {
  const late = /plugin\/health: Local health request to "?\S+?"? ((?:took more than|failed).*)$/.exec(line);
  if (late !== null) return {cause: 'slow', detail: late[1]!};
  const panic = /^(?:\[ERROR\] |\[PANIC\] )?(?:Recovered from panic in server: (.*)|(?:panic|fatal error|Restart): (.*))$/.exec(line);
  if (panic !== null) return {cause: 'panic', detail: panic[1] ?? panic[2] ?? ''};
  if (/^(plugin\/\S+: |\S+:\d+ - (Error during parsing|Syntax error): |cannot serve |error inspecting server blocks: |loading Caddyfile via )/.test(line)) return refused(line, 'start');
  return /^\[(ERROR|FATAL|PANIC)\] /.test(line) ? {cause: 'other-error', text: line.replace(/^\[[A-Z]+\] /, '')} : null;
}

/** CoreDNS's own words for why it does not take a Corefile: what stands on the line when it ends at the start. */
function refused(text: string, when: 'start' | 'reload'): LogCause {
  const [, plugin = null, rest = ''] = /^(?:plugin\/([^\s:]+): )?(.*)$/s.exec(text) ?? [];
  if (plugin === 'kubernetes' && /in-cluster configuration|serviceaccount\/token|invalid configuration|kubeconfig/.test(rest)) return {cause: 'no-api-credentials', reason: rest};
  const place = /^(\S+):(\d+) - (?:Error during parsing|Syntax error): (.*)$/s.exec(rest);
  return {cause: 'corefile-refused', when, plugin, file: place?.[1] ?? null, line: place === null ? null : Number(place[2]), reason: place?.[3] ?? rest};
}
