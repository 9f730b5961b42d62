import {isKnown} from '../cluster/answer.ts';
import {nodeFlows} from '../model/node-flows.ts';
import type {Learn} from './facts.ts';

export const conntrack: Learn<'conntrack'> = async ({need, try: attempt}) => {
  const proxies = await attempt('proxies');
  if (isKnown(proxies) && proxies.known.replacement?.sameRules === false) return new Map();
  const readings = await need('nodeReadings');
  return new Map([...readings].map(([node, reading]) => [node, isKnown(reading) ? nodeFlows(reading.known) : reading]));
};
