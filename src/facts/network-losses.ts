import {groundOf} from '../model/network/ground.ts';
import {lossesOf} from '../model/network/losses.ts';
import type {Learn} from './facts.ts';

/** Nodes whose network is not known are suspected of nothing. */
export const networkLosses: Learn<'networkLosses'> = async ({need, try: attempt}) => {
  const [cells, nodes, networks] = await Promise.all([need('networkAnswers'), need('nodes'), attempt('networks')]);
  return lossesOf(cells, groundOf(nodes, networks));
};
