import * as http from 'node:http';
import * as https from 'node:https';
import {BlockList, isIP} from 'node:net';
import {KdiagError} from '../../kdiag-error.ts';

/**
 * The proxy for a server, by the rules of kubectl: the kubeconfig's `proxy-url` always; else HTTPS_PROXY or HTTP_PROXY by the
 * server's scheme, unless the server is on this machine or NO_PROXY names it. Throws KdiagError(2) for an address of no use.
 * Source: golang.org/x/net/http/httpproxy.
 */
export function proxyFor(server: URL, proxyUrl: URL | undefined, environment: NodeJS.ProcessEnv): URL | null {
  if (proxyUrl !== undefined) return proxyUrl;
  const name = server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const value = environment[name] || environment[name.toLowerCase()] || '';
  if (value === '' || bypassed(server, environment['NO_PROXY'] || environment['no_proxy'] || '')) return null;
  const url = URL.parse(/^[a-z0-9]+:\/\//i.test(value) ? value : `http://${value}`);
  if (url === null || !/^(https?|socks5h?):$/.test(url.protocol)) throw new KdiagError(2, `${name} is no address of an http, https or socks5 proxy`);
  return url;
}

function bypassed(server: URL, noProxy: string): boolean {
  const host = server.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = server.port || (server.protocol === 'https:' ? '443' : '80');
  const ip = isIP(host) !== 0;
  if (host === 'localhost' || (ip && inRange(host, '127.0.0.0/8')) || host === '::1') return true;
  return noProxy.split(',').some(entry => {
    const rule = entry.trim().toLowerCase();
    if (rule === '*') return true;
    if (rule === '') return false;
    if (rule.includes('/')) return ip && inRange(host, rule);
    const [, name = rule, rulePort] = /^\[?([^[\]]*?)\]?(?::(\d+))?$/.exec(isIP(rule) === 6 ? `[${rule}]` : rule) ?? [];
    if (rulePort !== undefined && rulePort !== port) return false;
    if (ip) return name === host;
    const suffix = name.replace(/^\*?\./, '');
    return host.endsWith(`.${suffix}`) || (suffix === name && host === name);
  });
}

function inRange(address: string, range: string): boolean {
  const [base = '', bits = ''] = range.split('/');
  const family = isIP(base);
  if (family === 0 || family !== isIP(address) || !/^\d+$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(base, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  return list.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** The one agent of a run: a few connections, kept open. An http:// server behind a proxy is reached by CONNECT too. */
export async function agentFor(server: URL, proxy: URL | null, timeoutMs: number): Promise<http.Agent> {
  const options = {keepAlive: true, maxSockets: 16, maxCachedSessions: 32, timeout: timeoutMs, scheduling: 'lifo'} as const;
  const secure = server.protocol === 'https:';
  if (proxy === null) return secure ? new https.Agent(options) : new http.Agent(options);
  if (proxy.protocol.startsWith('socks')) {
    const {SocksProxyAgent} = await import('socks-proxy-agent');
    // as Go does: the proxy looks names up, and not this machine
    return new SocksProxyAgent(proxy.href.replace(/^socks5:/, 'socks5h:'), options);
  }
  const {HttpProxyAgent, HttpsProxyAgent} = await import('hpagent');
  return secure ? new HttpsProxyAgent({...options, proxy}) : new HttpProxyAgent({...options, proxy});
}
