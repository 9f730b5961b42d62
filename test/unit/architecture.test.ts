import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {test} from 'node:test';
import {type Import, type SourceFile, sourceFiles} from './source-files.ts';

// docs/architecture.md has the picture. Each rule here says why it is there; a rule that no longer serves is changed here and there.

const pure = ['checks', 'model', 'parse', 'findings', 'report', 'manifest', 'accept'];

/** Folder → what of src/ it may import, and what of it only as types; the first that matches decides. */
const layers: Readonly<Record<string, {readonly why: string; readonly may: RegExp; readonly types?: RegExp}>> = {
  parse: {why: 'texts in, data out: a parser needs no meaning', may: /^parse\//},
  model: {why: 'what Kubernetes and Linux do, whoever asks and wherever it was read', may: /^(model|parse)\/|^cluster\/answer\.ts$/, types: /^cluster\/(cluster|objects|dns|tcp)\.ts$/},
  findings: {why: 'words must not know how something was found out', may: /^findings\//},
  checks: {why: 'a check sees facts only, so that it can be tested with facts only', may: /^(checks|model|findings)\/|^cluster\/answer\.ts$/, types: /^facts\/facts\.ts$|^cluster\/objects\.ts$|^parse\//},
  facts: {why: 'facts serve many checks and must not know them', may: /^(facts|model|parse)\/|^cluster\/(answer|tls-certificate)\.ts$/, types: /^cluster\//},
  diagnose: {why: 'the engine gets its checks and its cluster handed in', may: /^(diagnose|facts|findings|model|parse)\/|^cluster\/(answer|remembered)\.ts$|^version\.ts$/, types: /^checks\/check\.ts$|^cluster\//},
  accept: {why: 'what counts of a report is decided from the report, and from texts that somebody handed in', may: /^(accept|findings)\/|^diagnose\/(summary|verdict|nodes-report)\.ts$|^model\/labels\.ts$|^kdiag-error\.ts$/, types: /^diagnose\//},
  report: {why: 'a report is rendered from the report alone', may: /^report\//, types: /^diagnose\/((trace|resolve|dns|diff)-)?report\.ts$/},
  cluster: {why: 'adapters know nothing of what is asked of them, or why', may: /^cluster\/|^kdiag-error\.ts$/},
  manifest: {why: 'objects to apply, made of nothing but what was asked: who prints them is another matter', may: /^manifest\/|^version\.ts$|^cluster\/(resources|live\/debug-daemon-set)\.ts$/},
  api: {why: 'programs ask as the command line does: the same parts, put together once more', may: /^(api|checks|cluster|diagnose)\/|^cli\/target\.ts$|^model\/labels\.ts$|^kdiag-error\.ts$/},
  demo: {why: 'recordings and their names, nothing else', may: /^demo\//},
  cli: {why: 'adapters and renderers are loaded when they are needed, not at the start', may: /^cli\/|^(kdiag-error|version)\.ts$|^report\/(plain|failing)\.ts$|^manifest\/rights\.ts$/, types: /./},
  commands: {why: 'a command joins everything; nothing needs a command', may: /^(?!commands\/)/},
};

/** Package, or part of Node → who may import it at run time. A package that is not here may be imported by nobody. */
const owners: readonly {readonly what: RegExp; readonly by: RegExp; readonly why: string; readonly lazily?: true; readonly files?: 1}[] = [
  {what: /^@kubernetes\/client-node$/, by: /^cluster\/live\//, lazily: true, files: 1, why: 'it takes 0.3 s to load and drops fields; one file needs it, rarely'},
  {what: /^dns-packet$/, by: /^cluster\//, files: 1, why: 'what it decodes must be checked in one place'},
  {what: /^yaml$/, by: /^cluster\/live\/kubeconfig-file\.ts$|^accept\/suppressions-file\.ts$|^cli\/print-manifest\.ts$/, why: 'two files of people are YAML, and what is printed to be applied'},
  {what: /^(ws|tar-stream|hpagent|socks-proxy-agent)$/, by: /^cluster\//, why: 'the network and files are the adapters’'},
  {what: /^cli-table3$/, by: /^report\/table\.ts$/, why: 'its own colours would get into pipes'},
  {what: /^chalk$/, by: /^cli\/streams\.ts$/, why: 'it ignores NO_COLOR; what a stream can show is decided once'},
  {what: /^@oclif\/core\/(args|flags|command)$/, by: /^(cli|commands)\//, why: 'the framework of the command line ends there'},
  {what: /^@oclif\/core\/(run|settings)$/, by: /^cli\/start\.ts$/, why: 'the framework is started once'},
  {what: /^node:(fs|fs\/promises|url)$/, by: /^(cluster\/|version\.ts$|cli\/(start|page|outputs)\.ts$|demo\/)/, why: 'the disk is the adapters’; the others read their own package, or write the report where the user said'},
  {what: /^node:path$/, by: /^(cluster\/|cli\/program\.ts$)/, why: 'paths are the adapters’; the program looks at its own name'},
  {what: /^node:(timers\/promises)$/, by: /^(cluster|diagnose)\//, why: 'the engine pauses before it looks again'},
  {what: /^node:/, by: /^cluster\//, why: 'everything else of Node is an effect, or serves one'},
];

/** Each complaint names the file and the reason, so that who meets it need not search. */
function none(complaints: readonly string[]): void {
  assert.equal(complaints.length, 0, `\n${complaints.join('\n')}\n`);
}

const local = ({to}: Import): boolean => to.endsWith('.ts');
const over = (complain: (file: SourceFile) => readonly string[]): string[] => sourceFiles.flatMap(complain);

test('the sources were found', () => assert.ok(sourceFiles.length > 100 && sourceFiles.every(({path, imports}) => imports.length > 0 || !/^(commands|checks|facts)\//.test(path))));

test('every folder imports only what lies below it', () => none(over(({path, folder, imports}) => {
  const layer = layers[folder];
  if (layer === undefined) return folder === '' ? [] : [`src/${folder} is not in the architecture: add it to this test and to docs/architecture.md`];
  return imports.filter(local).filter(({to, kind}) => !layer.may.test(to) && !(layer.types?.test(to) === true && kind === 'type')
    && !(folder === 'cli' && kind === 'lazy')).map(({to}) => `src/${path} imports ${to}, and ${folder} may not: ${layer.why}`);
})));

test('a package, or a part of Node, is imported only where it belongs', () => none(over(({path, imports}) => imports.filter(each => !local(each) && each.kind !== 'type').flatMap(({to, kind}) => {
  const owner = owners.find(({what}) => what.test(to));
  if (owner === undefined) return [`src/${path} imports ${to}: say in this test who may, and why`];
  if (!owner.by.test(path)) return [`src/${path} imports ${to}: ${owner.why}`];
  return owner.lazily === true && kind !== 'lazy' ? [`src/${path} imports ${to} at the start, not with import(): ${owner.why}`] : [];
}))));

test('some packages are imported by one file', () => none(owners.filter(({files}) => files === 1).flatMap(({what, why}) => {
  const files = sourceFiles.filter(({imports}) => imports.some(({to, kind}) => kind !== 'type' && what.test(to)));
  return files.length > 1 ? [`${files.map(({path}) => path).join(', ')}: ${why}`] : [];
})));

test('pure folders have no clock, no chance, no process and no network', () => none(over(({path, folder, code}) => (pure.includes(folder) ? [...code.matchAll(/\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bprocess[.[]|\bconsole\.|\bfetch\(|\bperformance\.|\bset(Timeout|Interval|Immediate)\(|\bglobalThis\b/g)] : [])
  .map(([what]) => `src/${path} uses ${what}: the same facts must give the same report, byte for byte`))));

test('no file is long', () => none(over(({path, text}) => (text.split('\n').length > 251 ? [`src/${path} has more than 250 lines: it does more than one thing`] : []))));

const tracked = execFileSync('git', ['ls-files', '-z'], {cwd: new URL('../..', import.meta.url), encoding: 'utf8'}).split('\0').filter(file => file !== '');
const readTracked = (file: string): string => { try { return readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8'); } catch { return ''; } }; // deleted, and not committed yet

test('files are named after what is in them', () => none(tracked.filter(file => /^(src|bin|test\/(?!cluster\/))/.test(file) && /(^|[/-])(utils?|helpers?|common|misc|shared)([/.-]|$)/.test(file))
  .map(file => `${file}: a name that says nothing draws everything`)));

test('any is explained where it is used', () => none(tracked.filter(file => /^(src|test)\/.*\.ts$/.test(file)).flatMap(file => {
  const lines = readTracked(file).split('\n');
  return lines.flatMap((line, i) => (/(:|<|\bas|\|) ?any\b(?! \w)/.test(line.replace(/(['"`]).*?\1|\/\/.*/g, '')) && !`${lines[i - 1] ?? ''}\n${line}`.includes('//') ? [`${file}:${i + 1}: say in a comment why nothing better will do`] : []));
})));

test('nothing names a path of the machine that it was written on', () => none(tracked.flatMap(file => readTracked(file).split('\n').flatMap((line, i) =>
  (/(^|[\s"'`=(:])\/(work|root)\/\w/.test(line) ? [`${file}:${i + 1}: ${line.trim().slice(0, 100)}`] : [])))));
