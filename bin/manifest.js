// Writes oclif.manifest.json, so that starting kdiag does not load every command. Run by `npm run build`.
import {writeFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {Config} from '@oclif/core';

const root = fileURLToPath(new URL('..', import.meta.url));
const config = new Config({root, ignoreManifest: true});
await config.load();
const {manifest} = config.plugins.get(config.pjson.name);
if (Object.keys(manifest.commands).length === 0) throw new Error('no command found: was dist built?');
writeFileSync(new URL('../oclif.manifest.json', import.meta.url), `${JSON.stringify(manifest, null, 2)}\n`);
