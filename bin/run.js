#!/usr/bin/env node
// The published entry. What every shell script asks first must not wait for a framework: the version is answered here.
import {readFileSync} from 'node:fs';
import {userInfo} from 'node:os';
import {setFlagsFromString} from 'node:v8';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(`kdiag: this is Node ${process.versions.node}; kdiag needs Node 22.19 or newer\n`);
  process.exit(2);
}
// What a recording of 1,000 nodes is made into is short-lived: a young generation that does not grow holds 130 MB less of it, for
// a tenth of a second
setFlagsFromString('--semi-space-growth-factor=1');
// In a container the user is often in no passwd (OpenShift draws one): the framework would fail over its home and its shell
try {
  userInfo();
} catch {
  process.env.HOME ??= '/';
  process.env.SHELL ??= '/bin/sh';
}
// `kdiag … | head` is no error
process.stdout.on('error', error => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

const [first, ...others] = process.argv.slice(2);
if (others.length === 0 && (first === '--version' || first === '-V' || first === 'version')) {
  const {name, version} = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  process.stdout.write(`${name}/${version} ${process.platform}-${process.arch} node-${process.version}\n`);
} else {
  const {start} = await import('../dist/cli/start.js');
  await start(new URL('..', import.meta.url));
}
