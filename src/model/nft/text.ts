import type {Json, JsonObject, NftRule} from '../../parse/nft.ts';

/** A rule in nft's own language, for people; what this file has no words for is shown as JSON. */
export function ruleText(rule: NftRule): string {
  const comment = rule.comment === null ? '' : ` comment "${rule.comment}"`;
  return `${rule.statements.map(statementText).join(' ')}${comment}`;
}

export function statementText(statement: JsonObject): string {
  const [kind = '', body = null] = Object.entries(statement)[0] ?? [];
  const of = (body ?? {}) as JsonObject;
  switch (kind) {
    case 'match': return `${text(of['left'] ?? null)}${of['op'] === '==' || of['op'] === 'in' ? '' : ` ${String(of['op'])}`} ${text(of['right'] ?? null)}`;
    case 'vmap': return `${text(of['key'] ?? null)} vmap ${text(of['data'] ?? null)}`;
    case 'jump': case 'goto': return `${kind} ${String(of['target'])}`;
    case 'mangle': return `${text(of['key'] ?? null)} set ${text(of['value'] ?? null)}`;
    case 'dnat': case 'snat': return `${kind}${of['family'] === undefined ? '' : ` ${String(of['family'])}`} to ${text(of['addr'] ?? null)}${of['port'] === undefined ? '' : `:${text(of['port'])}`}`;
    case 'masquerade': return `masquerade${of['flags'] === undefined ? '' : ` ${text(of['flags'])}`}`;
    case 'reject': return `reject${of['type'] === undefined ? '' : ` with ${String(of['type'])} ${String(of['expr'] ?? '')}`.trimEnd()}`;
    case 'counter': return 'counter';
    case 'accept': case 'drop': case 'return': case 'continue': case 'notrack': return kind;
    default: return body === null ? kind : JSON.stringify(statement);
  }
}

/** An address, a set, a field of the packet, …: what statements are made of. */
export {text as expressionText};

function text(value: Json): string {
  if (value === null) return '';
  if (Array.isArray(value)) return value.map(each => text(each as Json)).join(',');
  if (typeof value !== 'object') return String(value);
  const [kind = '', body = null] = Object.entries(value)[0] ?? [];
  const of = (body ?? {}) as JsonObject;
  switch (kind) {
    case 'payload': return `${String(of['protocol'])} ${String(of['field'])}`;
    case 'meta': case 'ct': return `${kind} ${String(of['key'])}`;
    case 'prefix': return `${text(of['addr'] ?? null)}/${String(of['len'])}`;
    case 'concat': return (body as Json[]).map(text).join(' . ');
    case 'range': return (body as Json[]).map(text).join('-');
    case 'set': return `{ ${(Array.isArray(body) ? body as Json[] : [body]).map(pair).join(', ')} }`;
    case 'map': return `${text(of['key'] ?? null)} map ${text(of['data'] ?? null)}`;
    case 'numgen': return `numgen ${String(of['mode'])} mod ${String(of['mod'])}`;
    case 'fib': return `fib ${text(of['flags'] ?? null).replaceAll(',', ' . ')} ${String(of['result'])}`;
    case 'goto': case 'jump': return `${kind} ${String(of['target'])}`;
    case 'accept': case 'drop': case 'return': return kind;
    case '&': case '|': case '^': return (body as Json[]).map(text).join(` ${kind} `);
    case 'elem': return text(of['val'] ?? null);
    default: return JSON.stringify(value);
  }
}

function pair(element: Json): string {
  return Array.isArray(element) && element.length === 2 ? `${text(element[0] as Json)} : ${text(element[1] as Json)}` : text(element);
}
