// npm run new-check -- NAME [--code CODE] [--link LINK]
// Writes the skeleton of a check: everything that docs/adding-a-check.md asks for. Types pass at once; tests fail, and say what
// is to be filled in, until the stubs are real. Every stub carries the mark “FILL IN”, which a test looks for.
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname} from 'node:path';
import {parseArgs} from 'node:util';

/** Link of the chain → the file with the words of its codes. */
const wordFiles = {Service: 'service', Endpoints: 'endpoints', 'kube-proxy': 'kube-proxy', 'Node rules': 'rules', kdiag: 'kdiag'};
const kebab = /^[a-z][a-z0-9]*(-[a-z0-9]+)+$/;

const at = path => new URL(`../${path}`, import.meta.url);
const read = path => readFileSync(at(path), 'utf8');
const written = [];

function refuse(why) {
  process.stderr.write(`new-check: ${why}\n`);
  process.exit(2);
}

function asked() {
  try {
    const {positionals, values} = parseArgs({allowPositionals: true, options: {code: {type: 'string'}, link: {type: 'string', default: 'Service'}}});
    const [name = '', ...others] = positionals;
    if (name === '' || others.length > 0) refuse(`write npm run new-check -- NAME [--code CODE] [--link ${Object.keys(wordFiles).map(each => `'${each}'`).join('|')}]`);
    const link = Object.keys(wordFiles).find(each => each.toLowerCase() === values.link.toLowerCase());
    if (link === undefined) refuse(`there is no link “${values.link}” in the chain; the links are ${Object.keys(wordFiles).join(', ')}`);
    return {name, code: values.code ?? name, link};
  } catch (error) {
    return refuse(error.message);
  }
}

/** The text with `insert` put in before the place that `find` gives; a place that is not found is a change of layout, told and not guessed. */
function edit(path, find, insert) {
  const text = read(path);
  const index = find(text);
  if (index < 0) refuse(`${path} no longer looks as this script expects; nothing was written there`);
  return {path, text: text.slice(0, index) + insert + text.slice(index)};
}

const {name, code, link} = asked();
const identifier = name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
const words = `src/findings/words/${wordFiles[link]}.ts`;
if (!kebab.test(name)) refuse(`“${name}” is no name of a check: two or more words of small letters, joined by hyphens, such as pods-ready`);
if (!kebab.test(code)) refuse(`“${code}” is no code: two or more words of small letters, joined by hyphens, such as service-pods-not-ready`);
if (existsSync(at(`src/checks/${name}.ts`))) refuse(`there is a check ${name} already: src/checks/${name}.ts`);
if (read('src/findings/codes.ts').includes(`'${code}':`)) refuse(`there is a code ${code} already: name another with --code CODE`);

const index = read('src/checks/index.ts');
const imports = [...index.matchAll(/^import (\w+) from '\.\/(.+)\.ts';$/gm)].map(([line, id, file]) => ({line, id, file}));
const following = imports.find(each => each.file > name);
const lastOfLink = imports.filter(({file}) => read(`src/checks/${file}.ts`).includes(`link: '${link}'`)).map(({id}) => index.lastIndexOf(`  ${id},\n`)).sort((a, b) => a - b).at(-1);

const edits = [
  edit(words, text => text.indexOf(';', text.indexOf('type Own')), ` | '${code}'`),
  edit('src/findings/codes.ts', text => text.indexOf('\n}\n', text.indexOf('interface ArgsOf')) + 1, `  '${code}': {service: string};\n`),
];
const own = edits[0].text;
const end = own.indexOf('\n};', own.indexOf('export const')) + 1;
edits[0].text = `${own.slice(0, end)}  '${code}': {
    title: 'FILL IN: the fault in a few words',
    level: 'error',
    link: '${link}',
    message: ({service}) => \`FILL IN: one sentence about Service \${service}, without a final full stop\`,
    remedy: ({service}) => [\`kubectl describe service -n \${service.replace('/', ' ')}   # FILL IN: what mends it\`],
  },
${own.slice(end)}`;
const withImport = edit('src/checks/index.ts', text => (following === undefined ? text.indexOf('\n/**') : text.indexOf(following.line)), `import ${identifier} from './${name}.ts';\n`);
const grown = withImport.text.length - index.length;
const place = lastOfLink === undefined ? withImport.text.lastIndexOf('];') : withImport.text.indexOf('\n', lastOfLink + grown) + 1;
edits.push({path: 'src/checks/index.ts', text: `${withImport.text.slice(0, place)}  ${identifier},\n${withImport.text.slice(place)}`});

const files = {
  [`src/checks/${name}.ts`]: `import type {Service} from '../cluster/objects.ts';
import {evidence} from '../findings/finding.ts';
import {check} from './check.ts';
import {nameOf, noService, subjectOf} from './service-subject.ts';

export default check({
  id: '${name}',
  link: '${link}',
  // FILL IN: a positive fact, short, so that the same words serve ✔ and ✘
  question: 'FILL IN: all is well',
  // FILL IN: the facts (src/facts/facts.ts) that the answer is made of; a test compares this list with what is read
  needs: ['service'],
  can: ['${code}'],
  run: ({service}) => {
    if (service === null) return {skipped: noService};
    if (!isWrong(service)) return {note: 'FILL IN: what was seen, or leave it out'};
    return {
      findings: [{
        code: '${code}', subject: subjectOf(service), args: {service: nameOf(service)},
        evidence: [evidence('object', \`Service \${nameOf(service)}\`, 'FILL IN: the raw field, rule or log line that proves it')],
      }],
    };
  },
});

function isWrong(_service: Service): boolean {
  throw new Error('FILL IN: src/checks/${name}.ts decides nothing yet');
}
`,
  [`docs/findings/${code}.md`]: `# ${code}

## What it means
FILL IN: what is wrong; if there are several reasons, each with its word; and the level.

## Why it matters
FILL IN: what clients see.

## How to confirm by hand
FILL IN: commands without kdiag that show the same, and what they print.

## How to mend
FILL IN: what to type, and when that is the wrong thing to do.

## See also
- FILL IN: pages of neighbouring codes, Kubernetes' own documentation
`,
  [`test/cases/codes/${code}.yaml`]: `title: "FILL IN: what is changed in the healthy world, as a sentence"
# FILL IN: at least one change; test/cases/world.ts says which there are
change: []
expect:
  status: broken
  rootCauses: [${code} Service/hostnames]
  says: ["FILL IN: words that the message, the evidence or the commands must hold"]
`,
  [`test/cases/silent/${code}.yaml`]: `title: "FILL IN: what looks like ${code}, and is none"
# FILL IN: a change that comes as close as it can without being the fault
change: []
silent: [${code}]
expect:
  status: healthy
`,
};

for (const path of Object.keys(files)) if (existsSync(at(path))) refuse(`${path} is there already`);
for (const {path, text} of [...edits, ...Object.entries(files).map(([path, text]) => ({path, text}))]) {
  mkdirSync(dirname(at(path).pathname), {recursive: true});
  writeFileSync(at(path), text);
  written.push(path);
}
process.stdout.write(`${written.map(path => `  ${path}\n`).join('')}
Next, as docs/adding-a-check.md says:
  1. the finding's arguments in src/findings/codes.ts, its words in ${words}
  2. the check itself; its place in src/checks/index.ts is its place in the report
  3. a case that fires it, and one that must stay silent
  4. its page; then npm run docs
  5. npm run check: it fails as long as “FILL IN” stands anywhere
`);
