import {describeSeen, inside, request, type Seen, type Vantage} from './clients.ts';
import {differs, type Clients, type Fault} from './fault.ts';
import {until} from './rig.ts';

const unharmed: Clients = {share: 1};

/** Waits until clients see what they should, all of them at the same time: those that `clients` names as it says, the others unharmed. */
export function clientsSee(clients: Fault['clients'], address: string, tries?: number): Promise<Watched> {
  return watch(new Map([...inside, ...(Object.keys(clients) as Vantage[])].map(vantage => [vantage, clients[vantage] ?? unharmed])), address, tries);
}

/** Waits until every request succeeds. */
export function clientsSucceed(address: string, vantages: readonly Vantage[] = inside): Promise<Watched> {
  return watch(new Map(vantages.map(vantage => [vantage, unharmed])), address);
}

/** What was seen at last, and the same for the log. */
export interface Watched {
  readonly seen: ReadonlyMap<Vantage, Seen>;
  readonly text: string;
}

async function watch(wanted: ReadonlyMap<Vantage, Clients>, address: string, tries = 20): Promise<Watched> {
  let last = '';
  try {
    return await until('clients to see it', 60, async () => {
      const seen = new Map<Vantage, Seen>(await Promise.all([...wanted.keys()].map(async vantage => [vantage, await request(vantage, address, tries)] as const)));
      const wrong = [...seen].flatMap(([vantage, one]) => {
        const why = differs(one, wanted.get(vantage) ?? unharmed);
        return why === null ? [] : [`${vantage}: ${why}`];
      });
      last = `${describeSeen(seen)}${wrong.length === 0 ? '' : `; but ${wrong.join(', ')}`}`;
      return wrong.length === 0 ? {seen, text: last} : null;
    });
  } catch (error) {
    throw new Error(`clients do not see what they should. Last: ${last}`, {cause: error});
  }
}
