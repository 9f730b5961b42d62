import {isKnown} from '../cluster/answer.ts';
import {nodeNetwork} from '../model/network/node-network.ts';
import type {Learn} from './facts.ts';

export const networks: Learn<'networks'> = async ({need}) => new Map([...await need('nodeReadings')].map(([node, reading]) => [node, isKnown(reading) ? nodeNetwork(reading.known) : reading]));
