import {compare} from './compare.ts';
import {drawCase} from './draw.ts';
import {type Client, openRig, programs} from './rig.ts';

export interface Proof {
  readonly compared: Readonly<Record<Client, number>>;
  /** Questions that were seen on the wire. */
  readonly questions: number;
  /** What the model says otherwise, three times in a row: a busy machine misses a deadline now and then. */
  readonly disagreements: readonly string[];
  /** Lookups that agreed the second or third time only. */
  readonly late: number;
  /** Of `control` lookups of glibc that were held against musl's model, how many that noticed. */
  readonly noticed: number;
  readonly seconds: number;
}

/** Draws lookups, lets the real resolvers do them, and compares their questions with the model's. Stops after that many, or that long. */
export async function prove({lookups, seconds, first, rigs, control}: {readonly lookups: number; readonly seconds: number; readonly first: number; readonly rigs: number; readonly control: number}): Promise<Proof> {
  const all = programs();
  const compared = {glibc: 0, musl: 0, nslookup: 0, wget: 0};
  const disagreements: string[] = [];
  let [next, late, noticed, questions, controls] = [first, 0, 0, 0, 0];
  const start = performance.now();
  const took = (): number => (performance.now() - start) / 1000;
  try {
    await Promise.all(Array.from({length: rigs}, async (_, number) => {
      const rig = await openRig(all, number);
      const counting = {...rig, lookUp: async (...args: Parameters<typeof rig.lookUp>) => {
        const observed = await rig.lookUp(...args);
        questions += observed.asked.length;
        return observed;
      }};
      try {
        while (next < first + lookups && took() < seconds) {
          const one = drawCase(next);
          next += 1;
          let said = await compare(counting, one);
          for (let again = 0; again < 2 && said !== null; again += 1) {
            said = await compare(rig, one);
            if (said === null) late += 1;
          }
          compared[one.client] += 1;
          if (said !== null) disagreements.push(said);
          if (one.client === 'glibc' && controls < control) {
            controls += 1;
            if (await compare(rig, one, {kind: 'musl', version: '1.2.3'}) !== null) noticed += 1;
          }
        }
      } finally {
        rig.close();
      }
    }));
  } finally {
    all.remove();
  }
  return {compared, questions, disagreements, late, noticed, seconds: took()};
}
