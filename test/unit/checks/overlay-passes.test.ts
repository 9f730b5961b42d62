import assert from 'node:assert/strict';
import {test} from 'node:test';
import overlayPasses from '../../../src/checks/overlay-passes.ts';
import type {Result} from '../../../src/checks/check.ts';
import {known, unknown} from '../../../src/cluster/answer.ts';
import type {Facts} from '../../../src/facts/facts.ts';
import {groundOf} from '../../../src/model/network/ground.ts';
import {lossesOf} from '../../../src/model/network/losses.ts';
import type {NodeNetwork} from '../../../src/model/network/node-network.ts';
import type {NodeRules} from '../../../src/model/node-rules.ts';
import {cell, endpoint, node, place} from './asked-cells.ts';

const network = (name: string): NodeNetwork => ({node: name, links: [], routes: [], otherTables: false, localAddresses: new Set(), conf: new Map(), sysctls: {}, neighbours: [], listeners: []});
const rules = (name: string): NodeRules => ({node: name, from: 'debug pod', rulesets: [], nft: known({tables: [], objects: []}), ipvs: {} as NodeRules['ipvs'], modes: [], localAddresses: null, processes: [], sysctls: {}});
const no = unknown('timeout', 'node2 did not answer');
const networkAnswers = [cell(place(1), endpoint(2, 7), 'small', 'lost'), cell(place(1), endpoint(3, 7), 'small')];
const look = (networks: Facts['networks'], nodeRules: Facts['nodeRules'], answers = networkAnswers): Result => overlayPasses.run({nodes: [node(1), node(2), node(3)], networkAnswers: answers, networkLosses: lossesOf(answers, groundOf([], known(networks))), networks, nodeRules});

test('losses, and no node was read', () => {
  const {skipped, note} = look(new Map([['node1', no], ['node2', no]]), new Map([['node1', known(rules('node1'))]]));
  assert.deepEqual([skipped, note], ['node2 did not answer', undefined]);
});

test('losses, and the rules at one end were not read, or not examined at all', () => {
  const networks = new Map([['node1', known(network('node1'))], ['node2', no]]);
  assert.equal(look(networks, new Map([['node1', known(rules('node1'))], ['node2', no]])).skipped, 'the rules or routes of node2 were not read: node2 did not answer');
  assert.equal(look(new Map([['node1', known(network('node1'))]]), new Map([['node1', known(rules('node1'))]])).skipped, 'the rules or routes of node2 were not read');
});

test('some pairs could be looked at, others not: said in the note', () => {
  const lost = [cell(place(1), endpoint(2, 7), 'small', 'lost'), cell(place(1), endpoint(3, 7), 'small', 'lost')];
  const result = look(new Map([['node1', known(network('node1'))], ['node3', known(network('node3'))]]), new Map([['node1', known(rules('node1'))], ['node2', no], ['node3', known(rules('node3'))]]), lost);
  assert.deepEqual([result.skipped, result.findings, result.note], [undefined, [], 'the rules or routes of node2 were not read: node2 did not answer']);
});

test('nothing is lost: no rule has to be read', () => assert.equal(look(new Map([['node1', no]]), new Map(), [cell(place(1), endpoint(2, 7), 'small')]).note, 'nothing is lost between nodes'));
