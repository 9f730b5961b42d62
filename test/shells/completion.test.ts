import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {chmod, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {scripts} from '../../src/cli/complete/scripts.ts';
import {type Behaviour, fakeApiServer, json} from '../unit/cluster/live/fake-api-server.ts';

const root = new URL('../../', import.meta.url).pathname;
const lists: Readonly<Record<string, readonly string[]>> = {
  '/api/v1/namespaces/shop/services': ['web', 'web-admin', 'cart', '$(touch evil)'], '/api/v1/namespaces/default/services': ['hostnames'],
  '/api/v1/namespaces': ['default', 'kube-system', 'shop'], '/api/v1/nodes': ['node1', 'node2.example'], '/api/v1/namespaces/shop/pods': ['cart-0'],
};

interface Furnished {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly asked: () => readonly string[];
}

/** A folder with `kdiag`, a file, and a kubeconfig of two contexts, of which `shop` is the current one. */
async function furnished(t: TestContext, behaviour?: Behaviour): Promise<Furnished> {
  const folder = await mkdtemp(join(tmpdir(), 'kdiag-completion-'));
  t.after(() => rm(folder, {recursive: true, force: true}));
  const server = await fakeApiServer(t, behaviour ?? {answer: ({path}, response) => json(response, {items: (lists[path] ?? []).map(name => ({metadata: {name}}))})});
  await writeFile(join(folder, 'kdiag'), `#!/bin/sh\nexec '${process.execPath}' '${root}bin/dev.js' "$@"\n`);
  await chmod(join(folder, 'kdiag'), 0o755);
  await writeFile(join(folder, 'incident.kdiag'), '');
  await writeFile(join(folder, 'config'), JSON.stringify({
    apiVersion: 'v1', kind: 'Config', 'current-context': 'shop', clusters: [{name: 'c', cluster: {server: String(server.url)}}], users: [{name: 'u', user: {}}],
    contexts: [{name: 'shop', context: {cluster: 'c', user: 'u', namespace: 'shop'}}, {name: 'arn:aws:eks:eu:1:cluster/prod', context: {cluster: 'c', user: 'u'}}],
  }));
  const env = {PATH: `${folder}:${process.env['PATH']}`, HOME: folder, KUBECONFIG: join(folder, 'config'), LANG: 'C.UTF-8', TERM: 'xterm', KDIAG_COMPLETION_MS: '30000', NODE_COMPILE_CACHE: join(tmpdir(), 'kdiag-test-compiled')};
  return {folder, env, asked: () => server.received.map(({path}) => path)};
}

function run(program: string, args: readonly string[], {env, folder}: Furnished): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, {env, cwd: folder, timeout: 120_000}, (error, stdout, stderr) => {
      if (error !== null && (error as NodeJS.ErrnoException).code === 'ENOENT') reject(new Error(`${program} is not installed: apt-get install ${program}`));
      else if (error !== null) reject(new Error(`${program}: ${error.message}\n${stderr}`));
      else resolve(stdout);
    });
  });
}

const complete = async (furniture: Furnished, ...words: string[]): Promise<readonly string[]> => (await run(join(furniture.folder, 'kdiag'), ['__complete', '--', ...words], furniture)).trimEnd().split('\n');
const valuesOf = (lines: readonly string[]): readonly string[] => lines.map(line => line.split('\t')[0] ?? '');

test('commands, flags and their values', async t => {
  const furniture = await furnished(t);
  const [first, level, flags, output, used, beyond] = await Promise.all([
    complete(furniture, ''), complete(furniture, 'manifest', 'rbac', '--level', ''), complete(furniture, 'svc', 'web', '--no-'), complete(furniture, 'svc', '--output=w'),
    complete(furniture, 'nodes', '--via', 'auto', '--vi'), complete(furniture, 'manifest', 'job', '--', 'nodes', '--vi'),
  ]);
  assert.ok(['svc', 'dns', 'manifest', 'explain'].every(command => valuesOf(first!).includes(command)) && !valuesOf(first!).some(value => value.includes(':c') || value.includes('__')), first!.join());
  assert.deepEqual(level, ['api', 'exec', 'debug-pods', ':4']);
  assert.deepEqual(valuesOf(flags!), ['--no-color', '--no-debug-pod', '--no-probe', ':4']);
  assert.match(flags!.join('\n'), /--no-debug-pod\tcreate nothing in the cluster/);
  assert.deepEqual([output, used, valuesOf(beyond!)], [['--output=wide', ':4'], [':4'], ['--via', ':4']]);
});

test("names are those of the cluster and namespace that the line means, and none that a shell would run", async t => {
  const furniture = await furnished(t);
  const told: readonly (readonly [string[], string[]])[] = [
    [['svc', ''], ['cart', 'web', 'web-admin']], [['svc', '-n', 'default', ''], ['hostnames']], [['svc', '--context=arn:aws:eks:eu:1:cluster/prod', 'h'], ['hostnames']],
    [['svc', 'web', '-n', 'k'], ['kube-system']], [['svc', 'web', '--from', ''], ['node/node1', 'node/node2.example', 'pod/cart-0']], [['svc', 'web', '--from=p'], ['--from=pod/cart-0']],
    [['node', ''], ['node1', 'node2.example']], [['pod', 'c'], ['cart-0']], [['nodes', '--context', ''], ['arn:aws:eks:eu:1:cluster/prod', 'shop']],
    [['explain', 'rules-stale-e'], ['rules-stale-endpoint']], [['demo', 'kube'], ['kube-proxy-missing']], [['svc', '--recording', join(root, 'src/demo/recordings/healthy.kdiag'), 'h'], ['hostnames']],
  ];
  for (const [words, expected] of told) assert.deepEqual(await complete(furniture, ...words), [...expected, ':4'], words.join(' '));
  assert.ok(!furniture.asked().some(path => path.includes('secrets')));
});

test('a cluster that is silent, refuses, or is none is no obstacle: nothing is offered, and nothing said', async t => {
  const silent = await furnished(t, {answer: () => {}});
  silent.env['KDIAG_COMPLETION_MS'] = '1500';
  const refusing = await furnished(t, {answer: (_, response) => json(response, {}, 403)});
  assert.deepEqual(await Promise.all([complete(silent, 'svc', ''), complete(refusing, 'svc', ''), complete({...refusing, env: {...refusing.env, KUBECONFIG: '/nowhere'}}, 'svc', '')]), [[':4'], [':4'], [':4']]);
});

/** Lets bash complete a line as it would at a prompt: its own splitting of words is that of COMP_WORDBREAKS. */
const inBash = (words: readonly string[]): string => `${scripts.bash}
COMP_WORDS=(${words.map(word => `'${word}'`).join(' ')}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); COMP_LINE='${words.join(' ').replace(/ ?([=:]) ?/g, '$1')}'; COMP_POINT=\${#COMP_LINE}
_kdiag; printf '%s\\n' "\${COMPREPLY[@]}"`;

test('bash', async t => {
  const furniture = await furnished(t);
  const told: readonly (readonly [string[], string[]])[] = [
    [['kdiag', 'svc', 'we'], ['web', 'web-admin']], [['kdiag', 'svc', 'web', '--output', '=', 'j'], ['json', 'junit']], [['kdiag', 'svc', 'web', '--output', '=', 'ma'], ['markdown']],
    [['kdiag', 'nodes', '--context', 'arn', ':', 'aws', ':', 'e'], ['eks:eu:1:cluster/prod']], [['kdiag', 'svc', 'web', '--recording', 'inc'], ['incident.kdiag']], [['kdiag', 'svc', 'no-such'], ['']],
  ];
  for (const [words, expected] of told) assert.deepEqual((await run('bash', ['--norc', '-c', inBash(words)], furniture)).replace(/\n$/, '').split('\n'), expected, words.join(' '));
  assert.equal((await run('bash', ['--norc', '-c', `${scripts.bash}\ncomplete -p kdiag`], furniture)).trim(), 'complete -F _kdiag kdiag');
});

test('fish', async t => {
  const furniture = await furnished(t);
  const at = (line: string): Promise<string> => run('fish', ['--no-config', '-c', `${scripts.fish}\ncomplete -C '${line}'`], furniture);
  assert.equal(await at('kdiag svc we'), 'web\nweb-admin\n');
  assert.equal(await at('kdiag svc web --output=js'), '--output=json\n');
  assert.equal(await at('kdiag svc web --from '), 'node/node1\nnode/node2.example\npod/cart-0\n');
  assert.match(await at('kdiag svc web --no-d'), /^--no-debug-pod\tcreate nothing in the cluster/);
  assert.match(await at('kdiag svc web --recording inc'), /^incident\.kdiag/);
  assert.match(await at('kdiag svc web --recording=inc'), /^--recording=incident\.kdiag/);
});

/** A zsh of its own on a pseudo-terminal; each line is typed, a tab pressed, and what then stands there is echoed. */
const inZsh = (lines: readonly string[]): string => `zmodload zsh/zpty
zpty shell zsh -f -i
typed() { zpty -w -n shell "$1"; }
until_seen() { local seen= part; while zpty -r shell part; do seen+=$part; [[ $seen == *\${~1}* ]] && break; done; REPLY=$seen; }
typed $'PS1=; autoload -Uz compinit && compinit -u -D; source ./kdiag.zsh; bindkey "^A" beginning-of-line; bindkey "^E" end-of-line; echo rea""dy\\n'
until_seen ready
${lines.map((line, index) => `typed $'${line}\\t'; typed $'\\C-aecho got${index}": "\\C-e\\n'; until_seen $'got${index}: *\\r'; print -r -- "\${\${REPLY##*got${index}: }%%$'\\r'*}"`).join('\n')}
zpty -d shell`;

test('zsh', async t => {
  const furniture = await furnished(t);
  await writeFile(join(furniture.folder, 'kdiag.zsh'), scripts.zsh);
  const lines = ['kdiag svc ca', 'kdiag explain rules-stale-e', 'kdiag svc web --output=js', 'kdiag nodes --context arn', 'kdiag svc web --recording inc', 'kdiag svc web --from=pod'];
  assert.deepEqual((await run('zsh', ['-f', '-c', inZsh(lines)], furniture)).trimEnd().split('\n').map(line => line.trimEnd()), [
    'kdiag svc cart', 'kdiag explain rules-stale-endpoint', 'kdiag svc web --output=json', 'kdiag nodes --context arn:aws:eks:eu:1:cluster/prod', 'kdiag svc web --recording incident.kdiag', 'kdiag svc web --from=pod/cart-0',
  ]);
});
