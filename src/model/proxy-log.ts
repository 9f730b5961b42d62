import {causeOfProxy, type KlogMessage, type ProxyLogCause, readKlog} from './proxy-log-line.ts';

/** What the log of a kube-proxy container says of its newest run. */
export interface ProxyLog {
  /** What it said it runs as; null: it has not said so, or that is cut off. */
  readonly mode: 'iptables' | 'ipvs' | 'nftables' | null;
  /** `v1.36.3` */
  readonly version: string | null;
  /** The Node's addresses that it took; empty: not said. */
  readonly nodeIPs: readonly string[];
  /** Whether it has got Services and slices since its start; null: the log begins later, or does not tell. */
  readonly synced: boolean | null;
  /** In the order in which they are met first. Empty is not health: kube-proxy 1.36 says nothing of an API server that refuses connections. */
  readonly findings: readonly ProxyLogFinding[];
}

export interface ProxyLogFinding {
  readonly cause: ProxyLogCause;
  readonly count: number;
  /** How many messages of any kind follow the last that says so. */
  readonly messagesAfter: number;
  /** Raw: the first ones, and the last. */
  readonly lines: readonly string[];
}

const mostLines = 3;
/** Of the kubelet, before a line of a container. */
const stamp = /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d) /;

/** klog's messages, which may have more lines than one; `raw` is the message as it stands. */
export function readProxyLog(text: string): ProxyLog {
  const messages = newestRun(messagesOf(text));
  const heads = messages.map(({read}) => read?.text ?? '');
  const found = (pattern: RegExp): RegExpExecArray | null => heads.map(head => pattern.exec(head)).findLast(match => match !== null) ?? null;
  const mode = found(/Using (iptables|ipvs|nftables) (?:Proxier|proxy)/i)?.[1]?.toLowerCase() as ProxyLog['mode'] | undefined;
  const waits = heads.findIndex(head => /^"?Waiting for caches to sync/.test(head));
  const done = (controller: string): boolean => heads.some(head => new RegExp(`^"?Caches are synced.* (for|controller=)"?${controller}`).test(head));
  const synced = done('service config') && done('endpoint slice config');
  const groups = new Map<string, {cause: ProxyLogCause; at: number[]}>();
  for (const [index, {read, raw}] of messages.entries()) {
    const cause = read === null ? panicOf(raw) : causeOfProxy(read);
    if (cause === null) continue;
    const key = JSON.stringify(kindOf(cause));
    const group = groups.get(key) ?? {cause, at: []};
    groups.set(key, group);
    if (cause.cause !== 'node-unknown' || cause.node !== null) group.cause = cause;
    group.at.push(index);
  }
  // waiting is what every start does: it is a trouble when nothing else is said of why, and it has not ended
  const starting = waits >= 0 && !heads.some(head => /^"?Caches are synced/.test(head));
  const told = [...groups.values()];
  if (starting && !told.some(({cause}) => ends.has(cause.cause))) told.push({cause: {cause: 'waiting-for-api'}, at: [waits]});
  return {
    mode: mode ?? null,
    version: found(/Version info"? version="?(v[\w.+-]+)/)?.[1] ?? null,
    nodeIPs: [...(found(/Successfully retrieved NodeIPs"? NodeIPs=\[(.*?)\]/)?.[1] ?? '').matchAll(/"([^"]+)"/g)].map(([, address = '']) => address),
    synced: synced ? true : waits >= 0 ? false : null,
    findings: told.map(({cause, at}) => ({
      cause, count: at.length, messagesAfter: messages.length - 1 - at.at(-1)!,
      lines: (at.length > mostLines ? [...at.slice(0, mostLines - 1), at.at(-1)!] : at).map(index => messages[index]!.raw),
    })),
  };
}

/** Causes with which kube-proxy has ended: it waits for nothing any more. */
const ends: ReadonlySet<ProxyLogCause['cause']> = new Set(['configuration-refused', 'no-api-credentials', 'mode-unsupported', 'conntrack-denied', 'panic', 'ended']);

interface Message {
  readonly read: KlogMessage | null;
  readonly raw: string;
}

/** Lines that begin neither with klog's head nor at a run's start belong to the message before them: values in `<` and ` >` have lines of their own. */
function messagesOf(text: string): readonly Message[] {
  const parts: string[][] = [];
  for (const raw of text.split('\n')) {
    const line = raw.trimEnd();
    if (line === '') continue;
    const bare = line.replace(stamp, '');
    if (parts.length > 0 && /^(\t| >)/.test(bare)) parts.at(-1)!.push(line);
    else parts.push([line]);
  }
  return parts.map(lines => ({raw: lines.join('\n'), read: readKlog(lines.map(line => line.replace(stamp, '')).join('\n'))}));
}

function panicOf(raw: string): ProxyLogCause | null {
  const detail = /^(?:panic|fatal error): (.*)/s.exec(raw.replace(stamp, ''))?.[1];
  return detail === undefined ? null : {cause: 'panic', detail};
}

/** From the last message that only a start says. A container's log has one run; a file that was put together may have more. */
function newestRun(messages: readonly Message[]): readonly Message[] {
  const ended = messages.slice(0, -1).findLastIndex(({read}) => read !== null && read.text.startsWith('"command failed"'));
  return messages.slice(ended + 1);
}

/** Details that differ from line to line do not make another cause. */
function kindOf(cause: ProxyLogCause): unknown {
  switch (cause.cause) {
    case 'apiserver-unreachable': return [cause.cause, cause.address, cause.reason];
    case 'forbidden': return [cause.cause, cause.user, cause.verb, cause.resource];
    case 'rules-refused': return [cause.cause, cause.tool, cause.reason];
    case 'node-unknown': return [cause.cause];
    case 'ipvs-failed': case 'panic': return [cause.cause];
    default: return cause;
  }
}
