/**
 * CoreDNS's directives in the order in which they are set up and asked, whatever their order in a Corefile
 * (core/dnsserver/zdirectives.go of 1.14). A build of one's own may have others.
 */
export const directives: readonly string[] = [
  'root', 'metadata', 'geoip', 'cancel', 'tls', 'proxyproto', 'quic', 'grpc_server', 'https', 'https3', 'timeouts', 'multisocket', 'reload', 'nsid', 'bufsize', 'bind', 'debug', 'trace', 'ready', 'health',
  'pprof', 'prometheus', 'errors', 'log', 'dnstap', 'local', 'dns64', 'acl', 'any', 'chaos', 'loadbalance', 'tsig', 'cache', 'rewrite', 'header', 'dnssec', 'autopath', 'minimal', 'template', 'transfer',
  'hosts', 'route53', 'azure', 'clouddns', 'k8s_external', 'kubernetes', 'file', 'auto', 'secondary', 'etcd', 'loop', 'forward', 'grpc', 'erratic', 'whoami', 'on', 'sign', 'view', 'nomad',
];

/** Directives that CoreDNS once had → the release that no longer knows them. */
export const goneDirectives: Readonly<Record<string, string>> = {proxy: '1.5.0', federation: '1.7.0'};

/** A name that is one or two slips away: a letter wrong, missing, too many, or two swapped. */
export function nearestOf(name: string, known: readonly string[]): string | null {
  const near = known.map(each => ({each, far: slips(name.toLowerCase(), each)})).filter(({far}) => far > 0 && far <= (name.length < 5 ? 1 : 2)).sort((a, b) => a.far - b.far);
  return near[0]?.each ?? null;
}

/** The optimal string alignment distance. */
function slips(a: string, b: string): number {
  const rows = [Array.from({length: b.length + 1}, (_, j) => j)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? rows[i - 2]![j - 2]! + 1 : Infinity;
      row.push(Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1), swapped));
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}
