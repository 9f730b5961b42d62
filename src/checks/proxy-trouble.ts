import type {ProxyTrouble} from '../findings/codes.ts';
import {type Evidence, evidence} from '../findings/finding.ts';
import {readProxyLog} from '../model/proxy-log.ts';
import type {ProxyLogCause} from '../model/proxy-log-line.ts';

/** What counts, the surest first: whatever else a log says follows from it, or is said by every start. */
const order: readonly ProxyTrouble[] = ['panic', 'configuration-refused', 'no-api-credentials', 'mode-unsupported', 'conntrack-denied', 'unauthorized', 'forbidden', 'node-unknown', 'rules-refused', 'cannot-listen', 'apiserver-unreachable'];

/** Why a kube-proxy does not do its work, by the end of its log; null: it does not say. */
export function troubleIn(log: string, pod: string): {readonly said: {readonly cause: ProxyTrouble; readonly detail: string}; readonly evidence: readonly Evidence[]} | null {
  const {findings} = readProxyLog(log);
  for (const cause of order) {
    const found = findings.find(each => each.cause.cause === cause);
    if (found !== undefined) return {said: {cause, detail: detailOf(found.cause)}, evidence: found.lines.slice(-1).map(line => evidence('log', `Pod ${pod}`, line))};
  }
  return null;
}

function detailOf(said: ProxyLogCause): string {
  switch (said.cause) {
    case 'configuration-refused': return said.field === null ? said.reason : `${said.field}: ${said.reason}`;
    case 'apiserver-unreachable': return `${said.address}: ${said.detail}`;
    case 'forbidden': return `${said.user} may not ${said.verb} ${said.resource}`;
    case 'node-unknown': return said.node ?? 'not named';
    case 'unauthorized': return 'Unauthorized';
    case 'cannot-listen': return `${said.address}: ${said.detail}`;
    case 'waiting-for-api': case 'rules-flushed': return said.cause;
    case 'other-error': return said.text;
    default: return 'reason' in said && !('detail' in said) ? said.reason : 'detail' in said ? said.detail : '';
  }
}
