import {readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {handle} from '@oclif/core/handle';
import {run} from '@oclif/core/run';
import {settings} from '@oclif/core/settings';

/**
 * Runs the command line. `execute` and `flush` of oclif are not used: they end in a time-out when the reader of a pipe is slow
 * and cut long reports. `commands` names another folder of commands, for running from the sources.
 */
export async function start(root: URL, commands?: string): Promise<void> {
  settings.enableAutoTranspile = false;
  const path = fileURLToPath(root);
  const pjson = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {oclif: Record<string, unknown>};
  const options = commands === undefined ? {root: path} : {root: path, ignoreManifest: true, pjson: {...pjson, oclif: {...pjson.oclif, commands}}};
  try {
    await run(process.argv.slice(2), options as Parameters<typeof run>[1]);
  } catch (error) {
    await handle(error as Parameters<typeof handle>[0]);
  }
}
