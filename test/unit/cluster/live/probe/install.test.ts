import assert from 'node:assert/strict';
import {type ChildProcess, execFileSync, spawn, spawnSync} from 'node:child_process';
import {createSocket} from 'node:dgram';
import {once} from 'node:events';
import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {test} from 'node:test';
import {isKnown} from '../../../../../src/cluster/answer.ts';
import {frameEncoding} from '../../../../../src/cluster/frames.ts';
import {hasProgram, installing, notInstalled} from '../../../../../src/cluster/live/probe/install.ts';
import {programs} from '../../../../../src/cluster/live/probe/programs.ts';
import {parsePlace, placeScript} from '../../../../../src/cluster/place-reading.ts';
import {architecture, folder, has, sourcesDigest, subjects} from './programs.ts';

const [shipped] = subjects();
const skip = shipped === undefined || 'skip' in shipped ? 'it runs on Linux only' : false;

test('the programs are those that the sources give', () => {
  const recorded = /^\/\/ sources: ([0-9a-f]{64})$/m.exec(readFileSync(new URL('../../../../../src/cluster/live/probe/programs.ts', import.meta.url), 'utf8'))?.[1];
  assert.equal(recorded, sourcesDigest(), 'npm run build:probe makes them anew');
});

test('there is a program for both architectures, and its installation fits into a URL with room to spare', () => {
  assert.deepEqual([hasProgram('amd64'), hasProgram('arm64'), hasProgram('s390x'), hasProgram('')], [true, true, false, false]);
  for (const each of ['amd64', 'arm64'] as const) {
    assert.equal(Buffer.from(programs[each], 'base64').readUInt16LE(18), each === 'amd64' ? 62 : 183);
    assert.ok(new URLSearchParams({command: installing(each)}).toString().length < 40_000);
  }
});

/** A PATH with these tools only. */
function pathOf(tools: readonly string[]): string {
  const path = join(folder, `tools-${tools.join('-')}`);
  if (existsSync(path)) return path;
  mkdirSync(path);
  for (const tool of tools) symlinkSync(execFileSync('sh', ['-c', `command -v ${tool}`], {encoding: 'utf8'}).trim(), join(path, tool));
  return path;
}

for (const [shell = '', ...more] of [['sh'], ['dash'], ['bash'], ['busybox', 'sh']]) test(`${[shell, ...more].join(' ')} writes the program as it is, once`, {skip: skip || (has(shell) ? false : `there is no ${shell}`)}, () => {
  const path = execFileSync('sh', ['-c', `command -v ${shell}`], {encoding: 'utf8'}).trim();
  for (const tools of [['chmod', 'rm'], ['cp', 'rm']]) {
    const root = mkdtempSync(join(folder, 'root-'));
    mkdirSync(join(root, 'tmp'));
    const run = (): readonly string[] => {
      const {stdout, stderr, status} = spawnSync(path, [...more, '-c', `${installing(architecture, root)}\n"$P" ask - u.7f000001.1.100.1.00; echo "$P"`], {encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env: {PATH: pathOf(tools)}});
      assert.deepEqual([status, stderr], [0, '']);
      return stdout.trim().split('\n');
    };
    const [line = '', done, file = ''] = run();
    assert.match(line, /^0 0 (error|timeout) /);
    assert.equal(done, 'done');
    assert.ok(file.startsWith(root) && readFileSync(file).equals(Buffer.from(programs[architecture], 'base64')), `${shell} with ${tools.join()}`);
    assert.equal(run()[2], file);
    rmSync(file);
    assert.notEqual(run()[2], file);
    assert.deepEqual(readdirSync(join(root, 'tmp')).length, 2);
  }
});

test('with neither chmod nor cp, and where nothing can be written, it says so', {skip}, () => {
  const root = mkdtempSync(join(folder, 'root-'));
  mkdirSync(join(root, 'tmp'));
  for (const where of [root, join(root, 'nowhere')]) {
    const {status, stderr} = spawnSync('/bin/sh', ['-c', installing(architecture, where)], {encoding: 'utf8', env: {PATH: pathOf(['rm'])}});
    assert.deepEqual([status, stderr], [notInstalled, 'no folder there takes a program that may be run\n']);
  }
  assert.deepEqual(readdirSync(join(root, 'tmp')), []);
});

/** A place as the script sees it, with a probe that is a shell script. */
function readNodeWith(probe: string): Readonly<Record<string, {readonly stdout: string; readonly stderr: string; readonly exit: number}>> {
  const stand = join(folder, 'stand-in');
  writeFileSync(stand, `#!/bin/sh\n${probe}\n`, {mode: 0o755});
  const out = spawnSync('/bin/sh', ['-c', `P=${stand}\n${placeScript('m4rk', null)}`], {env: {PATH: pathOf(['rm'])}});
  const answer = frameEncoding(out.stdout) ?? assert.fail(`no frames: ${out.stderr.toString()}`);
  const reading = parsePlace(Buffer.from(answer.body).toString(), 'm4rk', null);
  return isKnown(reading) ? reading.known.sections : assert.fail(reading.unknown.detail);
}

test('of the kubelet, its lines about DNS and nothing else', () => {
  const configuration = ['apiVersion: kubelet.config.k8s.io/v1beta1', 'authentication: {webhook: {enabled: true}}', 'clusterDNS:', '# why', '- 10.96.0.10', '  - "fd00::10"', 'clusterDomain: cluster.local', 'staticPodURLHeader:', '  Authorization:', '  - s3cret', 'resolvConf: /run/systemd/resolve/resolv.conf', 'tokens:', '- s3cret'];
  const sections = readNodeWith(`case $1 in kubelet) printf 'pid 7\\n--config=/etc/k.yaml\\n--cluster-domain=corp\\n';; cat) case "$2 $3" in '7 /etc/k.yaml') cat <<'X'\n${configuration.join('\n')}\nX\n;; *) echo "$2 $3";; esac;; esac`.replace('cat <<', '/bin/cat <<'));
  assert.deepEqual(sections['kubelet'], {command: sections['kubelet'] && 'command' in sections['kubelet'] ? sections['kubelet'].command : '', stdout: 'pid 7\n--config=/etc/k.yaml\n--cluster-domain=corp\nclusterDNS:\n- 10.96.0.10\n  - "fd00::10"\nclusterDomain: cluster.local\nresolvConf: /run/systemd/resolve/resolv.conf\n', stderr: '', exit: 0});
  assert.equal(sections['resolv-conf']?.stdout, '1 /etc/resolv.conf\n');
  assert.equal(sections['systemd-resolv-conf']?.stdout, '1 /run/systemd/resolve/resolv.conf\n');
});

test('no kubelet, and files that are not there: each with its exit status and why', () => {
  const sections = readNodeWith('case $1 in kubelet) echo none >&2; exit 3;; *) echo gone >&2; exit 1;; esac');
  assert.deepEqual([sections['kubelet']?.exit, sections['kubelet']?.stderr, sections['resolv-conf']?.exit, sections['resolv-conf']?.stderr], [3, 'none', 1, 'gone']);
});

test('a configuration in JSON is not taken for one without lines', () => {
  const {kubelet} = readNodeWith('case $1 in kubelet) echo "pid 7\n--config=/c";; cat) echo "{\\"clusterDNS\\": []}";; esac');
  assert.deepEqual([kubelet?.exit, kubelet?.stderr], [1, 'its configuration is written as JSON, which is not read']);
});

const root = skip || (process.getuid?.() === 0 ? false : 'chroot needs root');
test('a link in a pod leads to a file of the pod, never to one of who reads', {skip: root}, async () => {
  if (shipped === undefined || 'skip' in shipped) return;
  const [probe = ''] = shipped.command;
  const pod = join(folder, 'pod');
  for (const each of ['etc', 'run', 'lib', 'usr/lib/x86_64-linux-gnu', 'bin']) mkdirSync(join(pod, each), {recursive: true});
  writeFileSync(join(pod, 'run/real'), 'nameserver 192.0.2.1\n');
  symlinkSync('/run/real', join(pod, 'etc/resolv.conf'));
  symlinkSync('/nowhere', join(pod, 'etc/hosts'));
  execFileSync('mkfifo', [join(pod, 'etc/nsswitch.conf')]);
  writeFileSync(join(pod, 'etc/os-release'), 'NAME="Secret Corp"\nID=alpine\nVERSION_ID=3.20\n');
  writeFileSync(join(pod, 'lib/ld-musl-x86_64.so.1'), '');
  writeFileSync(join(pod, 'usr/lib/x86_64-linux-gnu/libc.so.6'), '');
  writeFileSync(join(pod, 'bin/busybox'), readFileSync(probe));
  writeFileSync(join(pod, 'probe'), readFileSync(probe), {mode: 0o755});
  const silent = createSocket('udp4');
  silent.bind(0, '127.0.0.1');
  await once(silent, 'listening');
  const inside: ChildProcess = spawn('chroot', [pod, '/probe', 'ask', '-', `u.7f000001.${silent.address().port}.20000.1.00`], {stdio: 'ignore'});
  try {
    const pid = String(inside.pid);
    for (let i = 0; i < 100 && readFileSync(`/proc/${pid}/comm`, 'utf8') !== 'probe\n'; i++) await pause(20);
    const run = (...words: readonly string[]): readonly [string, string, number | null] => { const {stdout, stderr, status} = spawnSync(probe, words, {encoding: 'utf8'}); return [stdout, stderr, status]; };
    assert.deepEqual(run('cat', pid, '/etc/resolv.conf'), ['nameserver 192.0.2.1\n', '', 0]);
    assert.deepEqual(run('cat', pid, '/etc/hosts'), ['', '/etc/hosts: No such file or directory\n', 1]);
    assert.deepEqual(run('cat', pid, '/etc/nsswitch.conf'), ['', '/etc/nsswitch.conf: error 22\n', 1]);
    assert.deepEqual(run('libc', pid), ['/lib/ld-musl-x86_64.so.1\n/usr/lib/x86_64-linux-gnu/libc.so.6\n/bin/busybox static glibc\n', '', 0]); // the probe has the text that tells glibc in it
    assert.match(run('pod', pid)[0], /^\d+ probe\n.*\/probe static glibc\n$/);
  } finally {
    inside.kill('SIGKILL');
    silent.close();
  }
});
