// npm run docs: writes docs/commands, a page a command, from the commands themselves. With --check it only says whether they are up to date.
import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {Config} from '@oclif/core';
import {settings} from '@oclif/core/settings';

settings.enableAutoTranspile = false;
const root = fileURLToPath(new URL('..', import.meta.url));
const pjson = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const config = new Config({root, ignoreManifest: true, pjson: {...pjson, oclif: {...pjson.oclif, commands: './src/commands', plugins: []}}});
await config.load();
const commands = config.commands.filter(({hidden}) => !hidden).sort((a, b) => (a.id < b.id ? -1 : 1));
if (commands.length === 0) throw new Error('no command found');

const named = ({id}) => id.replaceAll(':', ' ');
const cell = text => text.replaceAll('|', '\\|').replace(/\s+/g, ' ');

function flagName({name, char, type, helpValue, options}) {
  const value = type === 'boolean' ? '' : ` ${options?.join('|') ?? helpValue ?? 'VALUE'}`;
  return `\`${char === undefined ? '' : `-${char}, `}--${name}${value}\``;
}

async function flagText(flag) {
  const shown = typeof flag.defaultHelp === 'function' ? await flag.defaultHelp({options: flag, flags: {}}) : flag.default;
  const given = flag.type === 'boolean' || shown === undefined ? '' : ` (default: ${shown})`;
  return `${flag.description ?? ''}${given}${flag.required ? ' (required)' : ''}${flag.multiple ? ' (may be repeated)' : ''}`;
}

async function page(command) {
  const flags = Object.values(command.flags).filter(({hidden}) => !hidden).sort((a, b) => (a.name < b.name ? -1 : 1));
  const args = Object.values(command.args);
  return [
    `# kdiag ${named(command)}`,
    `${command.summary}.${command.description ? ` ${command.description.split(/\n{2,}/).map(paragraph => paragraph.replace(/\s+/g, ' ').trim()).join('\n\n')}` : ''}`,
    `\`\`\`sh\nkdiag ${named(command)}${args.map(({name, required}) => (required ? ` ${name.toUpperCase()}` : ` [${name.toUpperCase()}]`)).join('')} [FLAGS]${command.strict === false ? ' [-- COMMAND]' : ''}\n\`\`\``,
    ...(args.length === 0 ? [] : [args.map(({name, description}) => `- \`${name.toUpperCase()}\`: ${description}`).join('\n')]),
    `| flag | |\n| --- | --- |\n${(await Promise.all(flags.map(async flag => `| ${cell(flagName(flag))} | ${cell(await flagText(flag))} |`))).join('\n')}`,
    ...(command.examples ?? []).length === 0 ? [] : [`\`\`\`sh\n${command.examples.map(({command: line, description}) => `# ${description}\n${line.replaceAll('<%= config.bin %>', 'kdiag')}`).join('\n')}\n\`\`\``],
  ].join('\n\n');
}

const fileOf = command => `${named(command).replaceAll(' ', '-')}.md`;
const written = '<!-- Written by npm run docs from src/commands. Changes go there. -->';
const index = `# Commands

${written}

${commands.map(command => `- [\`kdiag ${named(command)}\`](${fileOf(command)}): ${command.summary}`).join('\n')}

Exit codes, the report's JSON and how to gate on it: [report.md](../report.md).
`;
const pages = new Map([['README.md', index], ...await Promise.all(commands.map(async command => [fileOf(command), `${written}\n\n${await page(command)}\n`]))]);
const folder = new URL('../docs/commands/', import.meta.url);
if (process.argv.includes('--check')) {
  const there = existsSync(folder) ? readdirSync(folder) : [];
  const wrong = [...new Set([...there, ...pages.keys()])].filter(name => !there.includes(name) || readFileSync(new URL(name, folder), 'utf8') !== pages.get(name));
  if (wrong.length > 0) {
    process.stderr.write(`docs/commands is not what the commands say (${wrong.join(', ')}): npm run docs\n`);
    process.exitCode = 1;
  }
} else {
  rmSync(folder, {recursive: true, force: true});
  mkdirSync(folder);
  for (const [name, text] of pages) writeFileSync(new URL(name, folder), text);
}
