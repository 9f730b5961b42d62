import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {chmodSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {delimiter, join} from 'node:path';
import {after, test} from 'node:test';
import {promisify} from 'node:util';
import {gunzipSync} from 'node:zlib';
import {isKnown} from '../../../src/cluster/answer.ts';
import type {NodeReading} from '../../../src/cluster/cluster.ts';
import {frameEncoding} from '../../../src/cluster/frames.ts';
import {bounds, parseReading, readingScript} from '../../../src/cluster/reading.ts';
import {nodeRules} from '../../../src/model/node-rules.ts';

const folder = mkdtempSync(join(tmpdir(), 'kdiag-reading-'));
after(() => rmSync(folder, {recursive: true}));

const dump = '*nat\n:PREROUTING ACCEPT [0:0]\n:KUBE-SVC-A - [0:0]\nCOMMIT\n';
/** A node's tools that print what they are told, whatever this machine has. */
const tools = {
  'iptables-nft-save': `#!/bin/sh\nprintf '${dump.replaceAll('\n', '\\n')}'\n`,
  'ip6tables-nft-save': '#!/bin/sh\n',
  nft: '#!/bin/sh\ncase "$*" in "list chains") printf \'table ip nat {\\n\\tchain PREROUTING {\\n\\t}\\n}\\n\';; esac\n',
};

async function read(change: Partial<typeof tools>, within = bounds): Promise<NodeReading> {
  for (const [name, text] of Object.entries({...tools, ...change})) {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  }
  const env = {...process.env, PATH: `${folder}${delimiter}${process.env['PATH']}`};
  const {stdout} = await promisify(execFile)('sh', ['-c', readingScript('m4rk', within)], {env, encoding: 'buffer', maxBuffer: 1e8});
  const answer = frameEncoding(stdout);
  assert.ok(answer);
  const sections = parseReading((answer.encoding === 'gzip' ? gunzipSync(answer.body) : Buffer.from(answer.body)).toString(), 'm4rk');
  assert.ok(isKnown(sections));
  return {node: 'n1', via: 'debug-pod', sections: sections.known};
}

const unreadOf = (reading: NodeReading) => {
  const rules = nodeRules(reading);
  return isKnown(rules) ? rules.known.rulesets[0]?.unread : rules.unknown;
};

test('within the bounds nothing is changed, and the tables are those that nft names', async () => {
  const {sections} = await read({});
  assert.deepEqual([sections['iptables-nft-save']?.stdout, sections['iptables-nft-save']?.stderr, sections['nft-tables']?.stdout], [dump, '', 'table ip nat\n']);
});

test('a tool that takes too long is ended, and the node is not taken to have no rules', async () => {
  const unread = unreadOf(await read({'iptables-nft-save': '#!/bin/sh\necho "*nat"\nwhile :; do :; done\n'}, {...bounds, processor: 1}));
  assert.equal(unread?.why, 'truncated');
  assert.match(unread.detail, /^iptables-nft-save was stopped when it had printed 0\.0 MB: it may use \d+ KiB of memory and 1 s of processor time \(status \d+\)$/);
});

test('a tool that sleeps is ended as well, where there is timeout(1)', async () => {
  const unread = unreadOf(await read({'iptables-nft-save': '#!/bin/sh\nsleep 20\n'}, {...bounds, wall: 1}));
  assert.equal(unread?.why, 'truncated');
});

test('a tool that takes too much memory is ended, and says so', async () => {
  const hungry = `#!${process.execPath}\nBuffer.alloc(4e9);\n`;
  const unread = unreadOf(await read({'iptables-nft-save': hungry}, {...bounds, memory: 100_000}));
  assert.equal(unread?.why, 'truncated');
});

test('nft that cannot name its tables is told apart from one that has none', async () => {
  const {sections} = await read({nft: '#!/bin/sh\necho "Error: Operation not permitted" >&2\nexit 1\n'});
  assert.deepEqual([sections['nft-tables']?.exit, sections['nft-json']?.exit], [1, 1]);
  assert.match(sections['nft-tables']?.stderr ?? '', /not permitted/);
});
