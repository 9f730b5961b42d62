import type {Asked, Loads} from '../healthy.ts';
import {evaluate, Odd, odd, type Table} from './nft.ts';

interface Body { family?: unknown; table?: unknown; chain?: unknown; name?: unknown; type?: unknown; hook?: unknown; prio?: unknown; policy?: unknown; expr?: unknown; elem?: unknown }

/** JSON of kube-proxy's own expressions as nft prints them; anything else is odd. */
function text(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  if (value === null || typeof value !== 'object' || Array.isArray(value) || Object.keys(value).length !== 1) throw new Odd('value');
  const [kind, body] = Object.entries(value)[0] as [string, Record<string, unknown> & unknown[]];
  const only = (...keys: string[]): void => { if (body === null || typeof body !== 'object' || Object.keys(body).sort().join() !== keys.sort().join()) throw new Odd(kind); };
  switch (kind) {
    case 'payload': only('protocol', 'field'); return `${text(body['protocol'])} ${text(body['field'])}`;
    case 'meta': case 'ct': only('key'); return `${kind} ${text(body['key'])}`;
    case 'fib': only('result', 'flags'); return `fib ${(body['flags'] as unknown[]).map(text).join(' . ')} ${text(body['result'])}`;
    case 'prefix': only('addr', 'len'); return `${text(body['addr'])}/${text(body['len'])}`;
    case 'concat': return body.map(text).join(' . ');
    case 'jump': case 'goto': only('target'); return `${kind} ${text(body['target'])}`;
    case 'accept': case 'drop': case 'return': if (body !== null) throw new Odd(kind); return kind;
    case '&': case '|': case '^': if (body.length !== 2) throw new Odd(kind); return `${text(body[0])} ${kind} ${hex(body[1])}`;
    default: throw new Odd(kind);
  }
}

function hex(value: unknown): string {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 0xffffffff) throw new Odd('mark');
  return `0x${value.toString(16).padStart(8, '0')}`;
}

function statement(value: Record<string, Record<string, unknown>>): string {
  const [kind = '', body] = Object.entries(value)[0] ?? [];
  if (Object.keys(value).length !== 1) throw new Odd(kind);
  const of = body as Record<string, unknown>;
  switch (kind) {
    case 'match': {
      const left = text(of['left']);
      const mark = left.startsWith('meta mark');
      if (!['==', '!=', 'in'].includes(String(of['op'])) || (of['op'] === 'in' && !left.startsWith('ct '))) throw new Odd('op');
      if (left.startsWith('ct ') && of['op'] !== 'in') throw new Odd('op');
      return `${left} ${of['op'] === '!=' ? '!= ' : ''}${mark ? hex(of['right']) : text(of['right'])}`;
    }
    case 'vmap': return `${text(of['key'])} vmap ${text(of['data'])}`;
    case 'mangle': return `${text(of['key'])} set ${text(of['value'])}`;
    case 'counter': return 'counter packets 0 bytes 0';
    case 'reject': return 'reject';
    case 'masquerade': return 'masquerade fully-random';
    case 'dnat': {
      const {map} = of['addr'] as {map: {key: {numgen: {mode: string; mod: number; offset: number}}; data: {set: [number, {concat: [string, number]}][]}}};
      if (of['family'] !== 'ip' || Object.keys(of).length !== 2 || map.key.numgen.mode !== 'random' || map.key.numgen.offset !== 0) throw new Odd('dnat');
      return `dnat ip to numgen random mod ${map.key.numgen.mod} map { ${map.data.set.map(([i, {concat}]) => `${i} : ${concat.join(' . ')}`).join(', ')} }`;
    }
    default: return text(value);
  }
}

export const jsonLoads = (json: string, asked: Asked): Loads => odd(() => {
  const table: Table = {chains: new Map(), sets: new Map()};
  try {
    const {nftables, ...more} = JSON.parse(json) as {nftables: Record<string, Body>[]};
    if (Object.keys(more).length > 0) throw new Odd('document');
    for (const object of nftables) {
      const [kind = '', body = {}] = Object.entries(object)[0] ?? [];
      if (Object.keys(object).length !== 1 || !['table', 'chain', 'rule', 'set', 'map'].includes(kind) || typeof body.family !== 'string' || body.family === 'inet') throw new Odd(kind);
      if (body.family !== 'ip') continue;
      if (kind !== 'table' && body.table !== 'kube-proxy') { if (kind === 'chain' && 'hook' in body) throw new Odd(kind); continue; }
      if (kind === 'table' && ('flags' in body || body.name !== 'kube-proxy')) throw new Odd(kind);
      if (kind === 'chain') {
        if (table.chains.has(String(body.name))) continue; // kdiag refuses one that is not the same
        const isBase = 'hook' in body || 'type' in body || 'prio' in body || 'policy' in body;
        if (isBase && (!['filter', 'nat'].includes(String(body.type)) || !['prerouting', 'input', 'forward', 'output', 'postrouting'].includes(String(body.hook)) || typeof body.prio !== 'number' || !['accept', 'drop'].includes(String(body.policy)))) throw new Odd('base');
        table.chains.set(String(body.name), {head: isBase ? {hook: String(body.hook), nat: body.type === 'nat', priority: Number(body.prio), policy: String(body.policy)} : null, rules: []});
      } else if (kind === 'rule') {
        const into = table.chains.get(String(body.chain));
        if (into === undefined) throw new Odd('rule');
        const rule = (body.expr as Record<string, Record<string, unknown>>[]).map(each_ => { try { return statement(each_); } catch { return each_ !== null && typeof each_ === 'object' && 'match' in each_ ? 'odd-match' : 'odd'; } }).join(' ');
        into.rules.push(rule);
      } else if (kind !== 'table') {
        if (table.sets.has(String(body.name))) throw new Odd('twice');
        try {
          table.sets.set(String(body.name), ((body.elem ?? []) as unknown[]).map(each_ => (Array.isArray(each_) ? each_.map(text).join(' : ') : text(each_))));
        } catch { /* who looks there meets something odd */ }
      }
    }
  } catch (error) {
    throw error instanceof Odd ? error : new Odd('shape');
  }
  return evaluate(table, asked);
});
