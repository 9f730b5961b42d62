// npm run docs: writes docs/findings/README.md, and the codes that may be accepted into the suppressions' schema, from the catalogue of findings. With --check it only says whether it is up to date.
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {links} from '../src/findings/wording.ts';
import {codes, linkOf, wordsOf} from '../src/findings/words.ts';

const about = {
  Resolver: "A client's resolv.conf: whom it asks, and for which names.",
  Service: 'The Service object itself.',
  'API server': 'Where the Service of the API server leads to: its endpoints, its certificate, and what each node hears from its address.',
  CoreDNS: 'The pods that answer DNS: whether they run, what they are told to do, where they forward to.',
  Endpoints: 'From the selector to the EndpointSlices: pods, ports, readiness, traffic policies.',
  'kube-proxy': 'Who writes the rules on each node.',
  'Network policy': 'Which flows NetworkPolicies let pass.',
  'Node rules': 'What those rules do with a connection, followed packet by packet.',
  'Connection tracking': 'What a node remembers of flows, and sends where it sent them before.',
  'DNS answers': 'What was really asked, and what came back.',
  kdiag: 'What kdiag could not look at, and what it was told to accept.',
};

const row = code => `| [${code}](${code}.md) | ${wordsOf(code).level} | ${wordsOf(code).title} |`;
const section = link => `## ${link}\n\n${about[link]}\n\n| code | usual level | |\n| --- | --- | --- |\n${codes.filter(code => linkOf(code) === link).sort().map(row).join('\n')}`;

const text = `# Findings

<!-- Written by npm run docs from src/findings/words.ts. Changes go there. -->

Every code that a report can hold, in the order of the chain from the client's resolver over the Service to the packet: what is broken
further up explains what is broken further down. \`kdiag explain CODE\` shows a page in the terminal.

- **error**: traffic that should pass does not, now.
- **warning**: it passes, but wrongly, slowly or unevenly, or it is one fault away from failing.
- **info**: worth knowing to read the rest.

${links.map(section).join('\n\n')}
`;
const schema = readFileSync(new URL('../src/accept/suppressions.schema.json', import.meta.url), 'utf8');
const acceptable = codes.filter(code => code !== 'suppression-unused').sort();

for (const [path, content] of [['docs/findings/README.md', text], ['src/accept/suppressions.schema.json', schema.replace(/\{"enum": \[[^\]]*\]\}/, `{"enum": ${JSON.stringify(acceptable).replaceAll(',', ', ')}}`)]]) {
  const file = new URL(`../${path}`, import.meta.url);
  if (!process.argv.includes('--check')) writeFileSync(file, content);
  else if (!existsSync(file) || readFileSync(file, 'utf8') !== content) {
    process.stderr.write(`${path} is not what the catalogue says: npm run docs\n`);
    process.exitCode = 1;
  }
}
