#!/usr/bin/env node
// kdiag from its sources, through Node's own type stripping: nothing needs to be built first.
process.stdout.on('error', error => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});
const {start} = await import('../src/cli/start.ts');
await start(new URL('..', import.meta.url), './src/commands');
