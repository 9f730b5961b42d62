import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {test} from 'node:test';
import {Config} from '@oclif/core';
import {settings} from '@oclif/core/settings';

const root = new URL('../../../', import.meta.url);
settings.enableAutoTranspile = false;
const pjson = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {oclif: object};
const config = new Config({root: root.pathname, ignoreManifest: true, pjson: {...pjson, oclif: {...pjson.oclif, commands: './src/commands', plugins: []}} as never});
await config.load();
const commands = config.commands.filter(({hidden}) => hidden !== true);
interface Example {readonly command: string; readonly description: string}

test('the commands were found', () => assert.ok(commands.length >= 15 && commands.some(({id}) => id === 'manifest:rbac'), String(commands.length)));

for (const {id, summary, flags, examples} of commands) {
  const name = id.replaceAll(':', ' ');
  test(`kdiag ${name} has a summary and examples, and they use flags that it has`, () => {
    assert.match(summary ?? '', /^[A-Z].*[^.]$/);
    assert.ok((examples ?? []).length > 0, 'no example: -h shows none');
    for (const {command, description} of (examples ?? []) as Example[]) {
      assert.match(description, /^[A-Z].*[^.]$/s);
      const [, rest = ''] = command.split(`<%= config.bin %> ${name}`);
      assert.ok(command.includes(`<%= config.bin %> ${name}`), command);
      // as far as the shell gives it to kdiag, and kdiag to no other
      for (const word of (rest.split(/ [|&>] ?| -- /)[0] ?? '').split(' ').filter(each => /^--?\w/.test(each))) {
        const flag = /^--([^=]+)/.exec(word)?.[1];
        assert.ok(flag === undefined ? Object.values(flags).some(({char}) => char !== undefined && word.startsWith(`-${char}`)) : flag in flags, `${command}: there is no ${word}`);
      }
    }
  });
}
