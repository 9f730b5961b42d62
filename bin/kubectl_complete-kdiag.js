#!/usr/bin/env node
// kubectl, from v1.26 on, starts what is called so to complete `kubectl kdiag`.
process.argv.splice(2, 0, '__complete', '--');
await import('./run.js');
