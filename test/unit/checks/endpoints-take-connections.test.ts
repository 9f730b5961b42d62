import assert from 'node:assert/strict';
import {test} from 'node:test';
import endpointsTakeConnections from '../../../src/checks/endpoints-take-connections.ts';
import type {Result} from '../../../src/checks/check.ts';
import {unknown} from '../../../src/cluster/answer.ts';
import type {Service} from '../../../src/cluster/objects.ts';
import type {NetworkCell} from '../../../src/model/network/asked.ts';
import {cell, endpoint, place} from './asked-cells.ts';

const service: Service = {metadata: {namespace: 'default', name: 'web'}, spec: {clusterIP: '10.96.0.7', ports: [{port: 80}]}};
const look = (...networkAnswers: readonly NetworkCell[]): Result => endpointsTakeConnections.run({service, networkAnswers, endpointSockets: unknown('not-asked', 'no')});
const told = ({unknown: parts = [], findings}: Result): string[] => [...findings.map(({code}) => code), ...parts.map(each => each.unknown.detail)];

test('silent from other nodes, and its own was not asked from: not known, whatever else answers', () => {
  assert.deepEqual(told(look(cell(place(1), endpoint(3, 7), 'small', 'lost'), cell(place(1), endpoint(3, 8), 'small', 'stands'))), ['0 of 3 connections to 10.244.3.7:9376 stood (timed out), and its own node node3 was not asked from: whether it takes connections is not known']);
});

test('one connection of six is no answer either', () => {
  assert.match(told(look(cell(place(1), endpoint(3, 7), 'small', 'stands', 'lost'), cell(place(2), endpoint(3, 7), 'small', 'lost')))[0] ?? '', /^1 of 6 connections to 10\.244\.3\.7:9376 stood/);
  assert.match(told(look(cell(place(1), endpoint(3, 7), 'small', 'stands', 'lost'), cell(place(3), endpoint(3, 7), 'small', 'lost')))[0] ?? '', /^1 of 6 .*, and those of its own node node3 mostly not$/);
});

test('its own node reaches it: it takes connections; or does not: it takes none', () => {
  assert.deepEqual(told(look(cell(place(1), endpoint(3, 7), 'small', 'lost'), cell(place(2), endpoint(3, 7), 'small', 'lost'), cell(place(3), endpoint(3, 7), 'small', 'stands'))), []);
  assert.deepEqual(told(look(cell(place(1), endpoint(3, 7), 'small', 'lost'), cell(place(3), endpoint(3, 7), 'small', 'lost'))), ['endpoint-not-answering']);
});
