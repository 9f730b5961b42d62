#!/usr/bin/env node
// `kubectl kdiag`: kubectl starts what is called so in PATH. src/cli/program.ts sees the name.
await import('./run.js');
