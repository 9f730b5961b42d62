import assert from 'node:assert/strict';
import {test} from 'node:test';
import {tellFailure} from '../../../src/cli/failure.ts';
import {KdiagError} from '../../../src/kdiag-error.ts';

function told(t: {mock: typeof import('node:test').mock}, error: unknown, command?: string): [number, string] {
  let out = '';
  const write = t.mock.method(process.stderr, 'write', (text: string) => { out += text; return true; });
  const code = tellFailure(error, command);
  write.mock.restore();
  return [code, out];
}

const oclif = (message: string, exit: number): Error => Object.assign(new Error(message), {oclif: {exit}});

test('what kdiag expects keeps its exit code, with the way out', t => {
  assert.deepEqual(told(t, new KdiagError(3, 'no cluster', 'set KUBECONFIG')), [3, 'kdiag: no cluster\nset KUBECONFIG\n']);
  assert.deepEqual(told(t, new KdiagError(2, 'x\u001b[2J\r')), [2, 'kdiag: x\\x1b[2J\\x0d\n']);
});

test('a wrong command line is 2, in one or two lines', t => {
  assert.deepEqual(told(t, oclif('Nonexistent flag: --x\nSee more help with --help', 2), 'svc'), [2, 'kdiag: Nonexistent flag: --x\nTry: kdiag svc --help\n']);
  assert.deepEqual(told(t, oclif('The following errors occurred:\n  a\n  b\nSee more help with --help', 2), 'svc'), [2, 'kdiag: a\nb\nTry: kdiag svc --help\n']);
  assert.deepEqual(told(t, new Error('Parsing --timeout \n\t“x” is no duration\nSee more help with --help'), 'svc'), [2, 'kdiag: --timeout: “x” is no duration\nTry: kdiag svc --help\n']);
  assert.deepEqual(told(t, oclif('command dsn not found', 2)), [2, 'kdiag: there is no command “dsn”\nTry: kdiag --help\n']);
});

test('the end of --help is no failure', t => assert.deepEqual(told(t, oclif('EEXIT: 0', 0)), [0, '']));

test('a bug is never 1: that would say that something was found', t => {
  const [code, text] = told(t, new TypeError('x is undefined'));
  assert.equal(code, 3);
  assert.match(text, /^kdiag: this is a bug of kdiag, please report it: TypeError: x is undefined\n +at /);
  assert.equal(told(t, 'thrown text')[0], 3);
});
