import assert from 'node:assert/strict';
import {test} from 'node:test';
import addressesAreApart from '../../../src/checks/addresses-are-apart.ts';
import {known, unknown} from '../../../src/cluster/answer.ts';
import type {NodeNetwork} from '../../../src/model/network/node-network.ts';
import {node} from './asked-cells.ts';

const network = (number: number): NodeNetwork => ({node: `node${number}`, links: [], routes: [], otherTables: false, localAddresses: new Set([`172.30.0.1${number}`]), conf: new Map(), sysctls: {}, neighbours: [], listeners: []});
const no = unknown('timeout', 'it did not answer');
const note = (networks: unknown): string | undefined => addressesAreApart.run({nodes: [node(1), node(2), node(3)], services: [], networks, pods: no, systemPods: no, networkAnswers: no, networkLosses: no, clientPlaces: no}).note;

test('whose own addresses and routes were not read is said', () => {
  assert.equal(note(known(new Map([1, 2, 3].map(number => [`node${number}`, known(network(number))])))), '3 nodes');
  assert.equal(note(known(new Map([['node1', known(network(1))], ['node2', no]]))), '3 nodes; the own addresses and routes of node2 and node3 were not read');
  assert.equal(note(no), "3 nodes; no node's own addresses and routes were read");
});
