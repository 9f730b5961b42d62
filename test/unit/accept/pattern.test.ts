import assert from 'node:assert/strict';
import {test} from 'node:test';
import * as fc from 'fast-check';
import {fits} from '../../../src/accept/pattern.ts';

test('* stands for anything but /, ** for anything, all else for itself', () => {
  for (const [pattern, text, whether] of [
    ['kube-proxy-*', 'kube-proxy-stale', true], ['kube-proxy-*', 'kube-proxy-', true], ['kube-proxy-*', 'kube-proxy', false], ['*', 'rules-stale-endpoint', true], ['*-endpoint', 'rules-stale-endpoint', true],
    ['Node/*', 'Node/node1', true], ['Node/*', 'Node/', true], ['Node/*', 'Service/shop/cart', false], ['Service/*', 'Service/shop/cart', false], ['Service/*/cart', 'Service/shop/cart', true],
    ['Service/**', 'Service/shop/cart', true], ['**', 'Service/shop/cart', true], ['**/cart', 'Service/shop/cart', true], ['S*e/s*p/c*t', 'Service/shop/cart', true], ['***', 'a/b', true], ['a*b*c', 'a/b/c', false],
    ['Node/node1', 'Node/node1', true], ['Node/node1', 'Node/node11', false], ['Node/node1', 'xNode/node1', false], ['Node/node.1', 'Node/nodex1', false], ['Node/a?', 'Node/ab', false], ['Node/[ab]', 'Node/a', false], ['', '', true], ['', 'a', false],
  ] as const) assert.equal(fits(pattern, text), whether, `${pattern} on ${text}`);
});

/** The same in a regular expression, for patterns so short that it does not explode. */
const asExpression = (pattern: string): RegExp => new RegExp(`^${pattern.replace(/[.?[\]]/g, '\\$&').replace(/\*+/g, stars => (stars.length > 1 ? '[^]*' : '[^/]*'))}$`);

test('it agrees with a regular expression', () => fc.assert(fc.property(
  fc.string({unit: fc.constantFrom('a', 'b', '/', '*', '.', '?'), maxLength: 8}), fc.string({unit: fc.constantFrom('a', 'b', '/', '.', '?'), maxLength: 10}),
  (pattern, text) => assert.equal(fits(pattern, text), asExpression(pattern).test(text)),
), {numRuns: 2000}));

test('many stars cost little', () => assert.equal(fits(`${'*a'.repeat(400)}b`, 'a'.repeat(5000)), false));
