import * as fc from 'fast-check';
import {printDump, parseDump} from '../../src/parse/iptables.ts';
import {parseNftText, printNftText} from '../../src/parse/nft-text.ts';
import {parseRuleset, printRuleset} from '../../src/parse/nft.ts';
import {formatAddress} from '../../src/model/ip.ts';
import {type Asked, type Healthy, healthyNodes} from './healthy.ts';
import {damage, type Damage, damaged} from './mutate.ts';

export interface Input {
  readonly node: Healthy;
  readonly text: string;
}

/** One to three damages to the text of a healthy node. */
export const inputs: fc.Arbitrary<Input> = fc.tuple(fc.constantFrom(...healthyNodes), fc.array(damage, {minLength: 1, maxLength: 3}))
  .map(([node, damages]) => ({node, text: damages.reduce((text: string, each: Damage) => damaged(text, each, healthyNodes.map(other => other.text)), node.text)}));

export type Result = 'could not tell' | 'found something' | 'rightly silent' | 'silent, and the second evaluation met something odd';

/** How what kdiag says compares with the second evaluation. Throws where kdiag is silent and connections go elsewhere. */
export function check({node, text}: Input): Result {
  identity(text);
  const told = node.judge(text);
  if (told === null) return 'could not tell';
  let result: Result = 'found something';
  for (const one of told) {
    if (one.predicted !== 1 || one.faults.length > 0 || one.undecided !== null || one.unfollowed !== null) continue;
    const {packet, client} = one.way;
    const asked: Asked = {address: one.way.address, port: one.way.port, from: client === 'host' ? 'host' : 'pod', source: packet.source === null ? '' : formatAddress(packet.source)};
    const loads = node.second(text, asked);
    if (loads === null) return 'silent, and the second evaluation met something odd';
    if (!fair(loads, node.endpoints)) throw new Error(`${node.name}, from ${client}: kdiag finds nothing wrong, and connections go to ${JSON.stringify([...loads])}`);
    result = 'rightly silent';
  }
  return result;
}

function fair(loads: ReadonlyMap<string, number>, endpoints: readonly string[]): boolean {
  return loads.size === endpoints.length && endpoints.every(to => Math.abs((loads.get(to) ?? 0) - 1 / endpoints.length) < 1e-6);
}

/** Whatever the text, every parser takes it (or refuses it with a SyntaxError), and printing gives it back. */
export function identity(text: string): void {
  if (printDump(parseDump(text)) !== text) throw new Error('iptables: printing does not give the text back');
  if (printNftText(parseNftText(text)) !== text) throw new Error('nft: printing does not give the text back');
  try {
    const json = printRuleset(parseRuleset(text));
    if (json !== JSON.stringify({nftables: text.split('\n').filter(line => line.trim() !== '').flatMap(line => (JSON.parse(line) as {nftables: unknown[]}).nftables)})) throw new Error('nft JSON: printing does not give the objects back');
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
}
