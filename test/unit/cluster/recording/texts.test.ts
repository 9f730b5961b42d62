import assert from 'node:assert/strict';
import {test} from 'node:test';
import {Addresses} from '../../../../src/cluster/recording/pseudonymise/addresses.ts';
import {Configurations} from '../../../../src/cluster/recording/pseudonymise/configurations.ts';
import {Hosts} from '../../../../src/cluster/recording/pseudonymise/hosts.ts';
import {Images} from '../../../../src/cluster/recording/pseudonymise/images.ts';
import {Labels} from '../../../../src/cluster/recording/pseudonymise/labels.ts';
import {Names} from '../../../../src/cluster/recording/pseudonymise/names.ts';
import {Rules} from '../../../../src/cluster/recording/pseudonymise/rules.ts';
import {SecretKey} from '../../../../src/cluster/recording/pseudonymise/secret-key.ts';
import {Texts} from '../../../../src/cluster/recording/pseudonymise/texts.ts';

const key = new SecretKey('a key');
const names = new Names(key);
const addresses = new Addresses(key);
const hosts = new Hosts(key, names, addresses);
const images = new Images(key);
const labels = new Labels(key, names, addresses);
const texts = new Texts(key, names, addresses, hosts, images);
const configurations = new Configurations(names, addresses, hosts);
const rules = new Rules(key, names, addresses, texts);

const [shop, cart, client, cart1, node] = [names.of('ns', 'shop'), names.of('svc', 'cart'), names.of('pod', 'client'), names.of('pod', 'cart-1'), names.of('node', 'n1.corp.example')];
const address = addresses.of('10.244.101.3');
const host = (name: string): string => hosts.of(name);

test('names in sentences', () => {
  const sentences: readonly (readonly [string, string])[] = [
    ['Successfully assigned shop/cart-1 to n1.corp.example', `Successfully assigned ${shop}/${cart1} to ${node}`],
    ['Successfully assigned shop/client to n1.corp.example', `Successfully assigned ${shop}/${client} to ${node}`],
    ['Created pod: client', `Created pod: ${client}`],
    ['pods "client" not found by the client', 'pods "client" not found by the client'],
    ['the connection to shop/cart-1 (app) ended.', `the connection to ${shop}/${cart1} (app) ended.`],
    ['back-off restarting failed container=app pod=cart-1_shop(x)', `back-off restarting failed container=app pod=${cart1}_${shop}(x)`],
    ['cart-12 and my-cart-1 and cart-1x are others', 'cart-12 and my-cart-1 and cart-1x are others'],
    ['kube-system/kube-proxy stays', 'kube-system/kube-proxy stays'],
  ];
  for (const [before, after] of sentences) assert.equal(texts.of(before), after);
});

test('DNS names: Services by their names, others label by label', () => {
  assert.equal(texts.of('lookup cart.shop.svc.cluster.local: no such host'), `lookup ${cart}.${shop}.svc.cluster.local: no such host`);
  assert.equal(host('_http._tcp.cart.shop.svc.cluster.local.'), `_http._tcp.${cart}.${shop}.svc.cluster.local.`);
  assert.equal(host('10-244-101-3.shop.pod.cluster.local'), `${address.replaceAll('.', '-')}.${shop}.pod.cluster.local`);
  assert.equal(host('cart.shop'), `${cart}.${shop}`);
  assert.equal(host('kube-dns.kube-system.svc.cluster.local'), 'kube-dns.kube-system.svc.cluster.local');
  assert.match(host('cart.shop.svc.acme.intern'), new RegExp(`^${cart}\\.${shop}\\.svc\\.dns-\\w{8}\\.intern$`));
  assert.match(host('db.eu.corp.com'), /^dns-\w{8}\.dns-\w{8}\.dns-\w{8}\.com$/);
  assert.ok(host('db.eu.corp.com').endsWith(host('eu.corp.com')), 'a subdomain stays one');
  assert.equal(host('*.corp.com'), `*.${host('corp.com')}`);
  for (const kept of ['localhost', 'registry.k8s.io', 'kubernetes', 'cluster.local', '']) assert.equal(host(kept), kept);
});

test('CoreDNS\'s log', () => {
  const error = (name: string, ip: string): string => `[ERROR] plugin/errors: 2 ${name} A: read udp ${ip}:34291->${ip}:53: i/o timeout`;
  assert.equal(texts.of(error('api.corp.com.', '10.244.101.3')), error(`${host('api.corp.com')}.`, address));
  const query = (name: string, ip: string): string => `[INFO] ${ip}:42 - 12 "AAAA IN ${name} udp 52 false 512" NXDOMAIN qr,aa,rd 145 0.0002s`;
  assert.equal(texts.of(query('cart.shop.svc.cluster.local.', '10.244.101.3')), query(`${cart}.${shop}.svc.cluster.local.`, address));
});

test('URLs: the host, and the parts of the path that not every program has', () => {
  const url = texts.of('Get "http://10.244.101.3:8080/internal/healthz?token=abc": context deadline exceeded');
  assert.match(url, new RegExp(`^Get "http://${address}:8080/path-\\w{8}/healthz\\?\\w{8}": context deadline exceeded$`));
  assert.equal(texts.of('see https://kubernetes.io/docs/concepts/.'), 'see https://kubernetes.io/docs/concepts/.');
  const [pods, secret] = ['/api/v1/namespaces/shop/pods/cart-1/log', '/api/v1/namespaces/shop/secrets/db-password'].map(path => texts.of(`Get "https://10.96.0.1:443${path}?limit=500&resourceVersion=0"`));
  assert.match(pods ?? '', new RegExp(`/api/v1/namespaces/${shop}/pods/${cart1}/log\\?limit=500&resourceVersion=0"$`));
  assert.match(secret ?? '', new RegExp(`/secrets/obj-\\w{8}\\?limit`));
  assert.match(texts.of('https://user:hunter2@db.corp.com/'), /^https:\/\/dns-\w{8}\.dns-\w{8}\.com\/$/);
  assert.match(texts.of('https://[fd00:10:244:99::a3]:8443/'), /^https:\/\/\[fd[0-9a-f:]+\]:8443\/$/);
});

test('users, UIDs and container ids', () => {
  assert.match(texts.of('pods is forbidden: User "system:serviceaccount:shop:robot" cannot list'), /User "user-\w{8}" cannot/);
  assert.equal(texts.of('User "system:anonymous" cannot'), 'User "system:anonymous" cannot');
  const uid = '52f46cf3-6a1b-4c5d-8e7f-001122334455';
  assert.equal(texts.of(`pod (${uid})`), `pod (${key.uuid(uid)})`);
  assert.match(key.uuid(uid), /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.ok(!texts.of(`id ${'a1'.repeat(32)}`).includes('a1a1a1'));
});

test('images', () => {
  const of = (image: string, isSystem = false): string => images.of(image, isSystem);
  assert.match(of('registry.corp.com:5000/shop/cart:1.4.2'), /^img-\w{8}:1\.4\.2$/);
  assert.match(of('cart:feature-miller'), /^img-\w{8}:\w{8}$/);
  assert.match(of(`cart@sha256:${'a1'.repeat(32)}`), /^img-\w{8}@sha256:[0-9a-f]{64}$/);
  assert.equal(of('registry.k8s.io/kube-proxy:v1.36.3'), 'registry.k8s.io/kube-proxy:v1.36.3');
  assert.equal(of('registry.corp.com/mirror/kube-proxy:v1.36.3'), 'kube-proxy:v1.36.3');
  assert.equal(of('quay.io/vendor/thing:1', true), 'quay.io/vendor/thing:1');
  assert.match(of('registry.corp.com/vendor/thing:1', true), /^img-\w{8}\/thing:1$/);
  assert.match(texts.of('Failed to pull image "registry.corp.com/cart:1": not found'), /^Failed to pull image "img-\w{8}:1": not found$/);
});

test('labels and what selects by them', () => {
  const value = labels.value('app', 'cart');
  assert.match(value, /^val-\w{8}$/);
  assert.deepEqual(labels.of({app: 'cart', 'kubernetes.io/os': 'linux', 'pod-template-hash': '58944f86fd', 'kubernetes.io/service-name': 'cart'}), {app: value, 'kubernetes.io/os': 'linux', 'pod-template-hash': '58944f86fd', 'kubernetes.io/service-name': cart});
  assert.equal(labels.selector('app=cart,kubernetes.io/service-name=cart'), `app=${value},kubernetes.io/service-name=${cart}`);
  assert.match(labels.selector('corp.example/team=a,app=cart'), new RegExp(`^app=${value},\\w{8}\\.example/key-\\w{8}=val-\\w{8}$`));
  assert.match(labels.key('costCentre'), /^key-\w{8}$/);
  assert.equal(labels.key('topology.kubernetes.io/zone'), 'topology.kubernetes.io/zone');
});

test('configurations keep their keys and plug-ins, whatever a Service is called', () => {
  for (const name of ['cache', 'forward', 'mode', 'prometheus', 'health', 'ready']) names.of('svc', name);
  const corefile = (zone: string, at: string): string => `.:53 {\n    errors\n    health {\n       lameduck 5s\n    }\n    ready\n    kubernetes cluster.local in-addr.arpa ip6.arpa {\n       pods insecure\n    }\n    prometheus :9153\n    forward . /etc/resolv.conf\n    cache 30\n}\n${zone}:53 {\n    forward . ${at}\n    hosts /etc/corp.example.db\n}\n`;
  assert.equal(configurations.of(corefile('corp.com', '10.244.101.3')), corefile(host('corp.com'), address));
  assert.equal(configurations.of('mode: "ipvs"\nkind: KubeProxyConfiguration\napiVersion: kubeproxy.config.k8s.io/v1alpha1\n'), 'mode: "ipvs"\nkind: KubeProxyConfiguration\napiVersion: kubeproxy.config.k8s.io/v1alpha1\n');
  assert.equal(configurations.of('--hostname-override=n1.corp.example --config=/var/lib/kube-proxy/config.conf'), `--hostname-override=${node} --config=/var/lib/kube-proxy/config.conf`);
});

test('rules are touched in comments, chains and addresses alone', () => {
  for (const name of ['tcp', 'comment', 'nat', 'random', 'accept', 'dport']) names.of('svc', name);
  const line = (ns: string, ip: string, chain: string): string => `-A KUBE-SERVICES -d ${ip}/32 -p tcp -m comment --comment "${ns} cluster IP" -m tcp --dport 80 -m statistic --mode random --probability 0.50000000000 -j ${chain}`;
  const text = rules.of(line('shop/cart:http', '10.244.101.3', 'KUBE-MARK-MASQ'));
  assert.equal(text, line(`${shop}/${cart}:http`, address, 'KUBE-MARK-MASQ'));
  assert.equal(rules.of('-A X -m comment --comment shop/cart -j RETURN'), `-A X -m comment --comment ${shop}/${cart} -j RETURN`);
  assert.equal(rules.of('-A X -m comment --comment "cali:9jZNqYIvyvUuf2zU" -j RETURN'), '-A X -m comment --comment "cali:9jZNqYIvyvUuf2zU" -j RETURN');
  const comment = '"kubernetes service nodeports; NOTE: this must be the last rule in this chain"';
  assert.equal(rules.of(`-A X -m comment --comment ${comment} -j Y`), `-A X -m comment --comment ${comment} -j Y`);
});

test('chains of nftables mode carry the hash of their new name', () => {
  const text = (name: string, ip: string): string => `  chain service-${name} {\n    ip saddr != 10.244.0.0/16 ip daddr ${ip} tcp dport 80 jump mark-for-masquerade\n  }\n`;
  const after = rules.of(text('2QRHZV4L-default/kubernetes/tcp/https', '10.244.101.3'));
  assert.ok(after.includes('service-2QRHZV4L-default/kubernetes/tcp/https'), 'these names stay, and so the hash');
  assert.match(rules.of(text('ABCDEFGH-shop/cart/tcp/http__10.244.101.3/80', '10.244.101.3')), new RegExp(`chain service-[A-Z2-7]{8}-${shop}/${cart}/tcp/http__${address}/80 `));
  assert.match(rules.of('{"prefix": {"addr": "10.244.16.0", "len": 20}}'), /"addr": "10\.\d+\.16\.0", "len": 20/);
  assert.equal(rules.of('{"comment": "opened for cart-1", "x": 1}'), `{"comment": "opened for ${cart1}", "x": 1}`);
});

test('names made by controllers keep what controllers put behind them', () => {
  assert.equal(names.of('app', 'cart-58944f86fd'), `${names.of('app', 'cart')}-58944f86fd`);
  assert.equal(names.of('pod', 'kube-proxy-x7k2p'), 'kube-proxy-x7k2p');
  assert.equal(names.of('pod', 'coredns-96cdf99d7-fl9cs'), 'coredns-96cdf99d7-fl9cs');
  assert.equal(names.of('pod', 'kube-apiserver-n1.corp.example'), `kube-apiserver-${node}`);
  assert.match(names.of('pod', 'kube-apiserver-unknown'), /^pod-\w{8}$/);
  assert.equal(names.of('svc', 'cart').slice(4), names.of('app', 'cart').slice(4), 'the same name has the same characters');
});
