import assert from 'node:assert/strict';
import {test} from 'node:test';
import {expansion, names, pod} from './lookups.ts';

const list = ['default.svc.cluster.local', 'svc.cluster.local', 'cluster.local', 'ca-central-1.compute.internal'];

test('whoami and whoami.default in a pod: the search list in order, then as it stands; ndots counts dots, not characters', () => {
  for (const libc of ['glibc', 'musl']) {
    assert.deepEqual(names(libc, pod, 'whoami'), [...list.map(domain => `whoami.${domain}`), 'whoami'], libc);
    assert.deepEqual(names(libc, pod, 'whoami.default'), [...list.map(domain => `whoami.default.${domain}`), 'whoami.default'], libc);
    assert.deepEqual(names(libc, pod, 'a-name-of-many-characters.example.com')[0], 'a-name-of-many-characters.example.com.default.svc.cluster.local', libc);
    assert.deepEqual(names(libc, pod, 'whoami.default.'), ['whoami.default'], libc);
  }
  assert.deepEqual(names('busybox', pod, 'whoami'), list.map(domain => `whoami.${domain}`));
  assert.deepEqual(names('busybox', pod, 'whoami.default'), ['whoami.default']);
});

test('with ndots dots: glibc still searches afterwards, musl never does', () => {
  assert.deepEqual(names('glibc', pod, 'a.b.c.d.e.f'), ['a.b.c.d.e.f', ...list.map(domain => `a.b.c.d.e.f.${domain}`)]);
  assert.deepEqual(names('musl', pod, 'a.b.c.d.e.f'), ['a.b.c.d.e.f']);
});

test('ndots:0: glibc asks for a name without dots as it stands first; musl does not search at all', () => {
  const text = 'search a\nnameserver 10.0.0.1\noptions ndots:0\n';
  assert.deepEqual(names('glibc', text, 'web'), ['web', 'web.a']);
  assert.deepEqual(names('musl', text, 'web'), ['web']);
});

test('other types: musl has no search for them', () => {
  assert.deepEqual(names('glibc', pod, '_http._tcp.web', ['SRV']).length, 5);
  assert.deepEqual(names('musl', pod, '_http._tcp.web', ['SRV']), ['_http._tcp.web']);
});

test('addresses, and what a libc takes for no name of a host, are not asked for', () => {
  for (const libc of ['glibc', 'musl']) for (const name of ['10.0.0.1', '127.1', '::1']) assert.equal(expansion(libc, pod, name).silence, 'address', `${libc} ${name}`);
  assert.equal(expansion('glibc', pod, 'a*b').silence, 'not-a-host-name');
  assert.equal(expansion('glibc', pod, '-a').silence, 'not-a-host-name');
  assert.equal(expansion('glibc', pod, 'a_b').silence, null);
  assert.equal(expansion('glibc', pod, 'a*b', ['SRV']).silence, null);
  assert.equal(expansion('musl', pod, 'a*b').silence, null);
  assert.deepEqual(names('busybox', pod, '10.43.0.1'), ['1.0.43.10.in-addr.arpa']);
  assert.deepEqual(expansion('busybox', pod, '10.43.0.1').candidates[0]?.types, ['PTR']);
  assert.deepEqual(names('busybox', pod, 'fd00::1f'), [`F.1.${'0.'.repeat(28)}D.F.ip6.arpa`]);
  assert.deepEqual(names('busybox', pod, '::ffff:10.0.0.1'), ['1.0.0.10.in-addr.arpa']);
});

test('limits: name servers, ndots, the search list of old glibc, a long line of musl', () => {
  const many = `search ${['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map(each => `${each}.example`).join(' ')}\n${[1, 2, 3, 4].map(i => `nameserver 10.0.0.${i}`).join('\n')}\noptions ndots:40\n`;
  for (const libc of ['glibc', 'musl']) {
    const {settings} = expansion(libc, many, 'web');
    assert.deepEqual(settings.nameservers, ['10.0.0.1', '10.0.0.2', '10.0.0.3']);
    assert.equal(settings.ndots, 15);
    assert.deepEqual(settings.notes, [{note: 'nameservers-cut', limit: 3, cut: ['10.0.0.4']}, {note: 'capped', option: 'ndots', given: 40, used: 15}]);
    assert.equal(settings.search.length, 8);
  }
  assert.equal(expansion('busybox', many, 'web').settings.nameservers.length, 4);
  assert.deepEqual(expansion('glibc-2.17', many, 'web').settings.notes[0], {note: 'search-cut', limit: 'domains', cut: ['g.example', 'h.example']});
  const long = `search ${Array.from({length: 5}, (_, i) => `${'x'.repeat(60)}${i}`).join(' ')}\nnameserver 10.0.0.1\n`;
  assert.deepEqual(names('musl', long, 'web'), ['web']);
  assert.deepEqual(expansion('musl', long, 'web').settings.notes, [{note: 'line-skipped', line: 1, length: 316}]);
  assert.equal(names('glibc', long, 'web').length, 6);
  assert.equal(names('glibc-2.17', long, 'web')[4], `web.${'x'.repeat(7)}`); // cut in its middle
  assert.equal(names('musl', `search ${'x'.repeat(60)} ${'y'.repeat(60)} ${'z'.repeat(60)} ${'v'.repeat(60)} abc\nnameserver 10.0.0.1\n`, 'web').length, 6); // 254 characters
});

test('each libc follows its own options', () => {
  const text = 'nameserver 10.0.0.1\noptions rotate single-request-reopen no-aaaa use-vc trust-ad timeout:1 attempts:9 edns0 foo:1\n';
  const glibc = expansion('glibc', text, 'web').settings;
  assert.deepEqual([glibc.rotate, glibc.single, glibc.noAaaa, glibc.useVc, glibc.trustAd, glibc.timeout, glibc.attempts], [true, 'own-socket', true, true, true, 1, 5]);
  assert.deepEqual(glibc.notes.find(({note}) => note === 'options-not-followed'), {note: 'options-not-followed', options: ['foo']});
  assert.equal(expansion('glibc-2.31', text, 'web').settings.noAaaa, false);
  assert.deepEqual(expansion('glibc', text, 'web').candidates[0]?.types, ['A']);
  assert.deepEqual(expansion('glibc', text, 'web', ['AAAA']).candidates[0]?.types, ['A']); // to learn whether the name exists
  const musl = expansion('musl', text, 'web').settings;
  assert.deepEqual([musl.rotate, musl.single, musl.noAaaa, musl.useVc, musl.timeout, musl.attempts], [false, 'no', false, false, 1, 9]);
  assert.equal(expansion('musl', 'options attempts:0\n', 'web').silence, 'nothing-sent');
});

test('search . : the root; glibc asks once, musl before 1.2.4 sends what no server understands', () => {
  const text = 'search .\nnameserver 10.0.0.1\noptions ndots:5\n';
  assert.deepEqual(names('glibc', text, 'web.shop'), ['web.shop']);
  assert.deepEqual(expansion('musl-1.2.3', text, 'web').candidates.map(({unsendable}) => unsendable), ['malformed', null]);
  assert.deepEqual(expansion('musl', text, 'web').candidates.map(({unsendable}) => unsendable), ['skipped', null]);
  assert.deepEqual(names('busybox', text, 'web'), ['web']);
});

test('lines as each libc reads them', () => {
  const text = ' search a\nsearch b # site\nnameserver 10.0.0.1 # first\ndomain c\n';
  assert.deepEqual(names('glibc', text, 'web'), ['web.c', 'web']);
  assert.deepEqual(names('musl', text, 'web'), ['web.c', 'web']);
  assert.equal(expansion('busybox', text, 'web').silence, 'nothing-sent'); // `10.0.0.1 # first` is no address to it
  assert.deepEqual(names('busybox', text.replace(' # first', ''), 'web'), ['web.b', 'web.#', 'web.site']);
  assert.deepEqual(expansion('glibc', '', 'web').settings.nameservers, ['127.0.0.1']);
});
