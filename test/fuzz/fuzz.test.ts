import assert from 'node:assert/strict';
import {test} from 'node:test';
import * as fc from 'fast-check';
import {healthyNodes} from './healthy.ts';
import {check, identity, inputs} from './property.ts';

for (const node of healthyNodes) test(`${node.name}: nothing is wrong with the node as it was`, () => assert.equal(check({node, text: node.text}), 'rightly silent'));

test('damaged dumps: no crash, nothing lost in printing, no wrong “healthy”', () => fc.assert(fc.property(inputs, input => { check(input); }), {seed: 4, numRuns: 1000}));

test('any text: every parser takes it, and gives it back', () => fc.assert(fc.property(fc.oneof(fc.string({unit: 'binary', maxLength: 300}), fc.array(fc.constantFrom('*nat', ':A - [0:0]', '-A A', ' ', '\n', '"', '\\', '!', '-m', 'table ip x {', '{', '}', 'chain c {', 'elements = {', ',', '#', '\r', '\0', 'ip daddr', '1.2.3.4', '{"nftables":', '[', ']', 'TCP  0A60000A:0035 rr', '  -> ')).map(parts => parts.join(''))), text => { identity(text); }), {seed: 4, numRuns: 2000}));
