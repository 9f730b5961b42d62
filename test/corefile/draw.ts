/** A small generator of pseudo-random numbers (mulberry32): the same seed gives the same Corefiles. */
export function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return below => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const words = [
  '{', '}', '"', '#', '\\"', '""', ',', '\n', '\n}\n', ' {\n', 'import', 'import common', 'import nothing', 'import *.conf', 'import a*b*', '(again) {\n errors\n}\n', '(common)', '{$UNSET}', '{%UNSET%}', '{$}',
  'errors', 'cache', 'cache 30', 'cache 0', 'cach', 'loop', 'loop x', 'ready', 'health', 'health 8080', 'reload', 'reload 1s', 'whoami', 'forward', 'forward .', 'forward . 10.0.0.1', 'forwrad . 10.0.0.1', 'proxy . 10.0.0.1',
  'kubernetes', 'kubernetes cluster.local', 'hosts {\n 1.2.3.4 a\n fallthrough\n}', 'log', 'loadbalance', 'loadbalance x', 'bufsize 100', 'bufsize 1232', 'template IN A', 'rewrite name a', 'rewrite name a b', 'acl {\n allow\n}', 'acl {\n permit\n}',
  'prometheus :9153', 'prometheus 9153', 'bind 127.0.0.1', 'bind nowhere', 'autopath @kubernetes', 'autopath', 'debug', 'pprof', 'cancel', 'cancel -1s', 'any', 'minimal', 'minimal x',
  '.', '.:53', '.:5353', ':', 'a..b', '10.0.0.0/8', '10.0.0.0/12', '10.0.0.0/33', '2001:db8::/32', 'tls://example.net', 'https://example.net:8443', 'EXAMPLE.org', 'example.org:', 'x'.repeat(64), '.:99999', 'dns://',
  '8.8.8.8', '8.8.8.8:53', '[2001:db8::1]:53', 'tls://9.9.9.9', 'https://9.9.9.9', 'grpc://9.9.9.9', '8.8.8.8.8', '08.8.8.8', 'dns.google', '/etc/resolv.conf', '/no/such/file', '::1', '10.0.0.1:x',
  '5s', '5', '-1', '0', '1h30m', '1x', '30', '3600', '4000', '1e3', 'insecure', 'verified', 'cluster.local', 'in-addr.arpa', 'fallthrough', 'ttl 30', 'pods', 'pods x', 'upstream', 'max_concurrent', 'max_fails -1', 'policy round_robin', 'policy best', 'force_tcp', 'force_tcp 1',
  'expire 1s', 'health_check 1s no_rec', 'health_check 1s domain a..b', 'success 100', 'success x', 'denial 100 0', 'prefetch 1 1m 5%', 'serve_stale', 'serve_stale 1h maybe', 'servfail 10m', 'disable', 'disable all', 'lameduck', 'lameduck 5', 'class error', 'class bad', 'except', 'except a.b',
  'next NXDOMAIN', 'next nothing', 'failover NOERROR', 'monitor always', 'namespaces', 'labels a=b', 'endpoint_pod_names x', 'ignore', 'ignore x', 'noendpoints', 'startup_timeout 1', '\u00e9xample.org', '\ufeff', '\u0085', '\r', '\\',
];

/** One Corefile with one to three changes: a word cut out, doubled, put in, replaced or swapped; a letter lost; a line doubled, lost or joined. */
export function mutated(source: string, random: (below: number) => number): string {
  let text = source;
  for (let left = 1 + (random(3) === 0 ? random(3) : 0); left > 0; left -= 1) text = once(text, random);
  return text;
}

function once(text: string, random: (below: number) => number): string {
  const parts = text.split(/(\s+)/);
  const at = random(parts.length);
  const word = words[random(words.length)]!;
  const lines = text.split('\n');
  const line = random(lines.length);
  switch (random(11)) {
    case 0: return parts.toSpliced(at, 1).join('');
    case 1: return parts.toSpliced(at, 0, parts[at]!, ' ').join('');
    case 2: case 3: return parts.toSpliced(at, 0, ' ', word, ' ').join('');
    case 4: case 5: return parts.toSpliced(at, 1, word).join('');
    case 6: return parts.toSpliced(at, 1, parts[random(parts.length)]!).join('');
    case 7: return text.slice(0, random(text.length)) + text.slice(random(text.length) % 3 + random(text.length));
    case 8: return lines.toSpliced(line, 0, lines[random(lines.length)]!).join('\n');
    case 9: return lines.toSpliced(line, 1).join('\n');
    default: return lines.toSpliced(line, 2, `${lines[line]} ${lines[line + 1] ?? ''}`).join('\n');
  }
}
