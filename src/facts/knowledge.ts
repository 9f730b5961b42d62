import {type Answer, isKnown, known, type Unknown, unknown} from '../cluster/answer.ts';
import type {Cluster} from '../cluster/cluster.ts';
import type {Service} from '../cluster/objects.ts';
import type {DnsTarget, FactName, Facts, Learned, Learning, ServiceTarget, Target} from './facts.ts';
import {learners} from './index.ts';
import {orderly} from './orderly.ts';

/** Learns facts on demand, each once; what was asked for in parallel is learned in parallel. */
export class Knowledge {
  readonly #answers = new Map<FactName, Promise<Answer<unknown>>>();
  readonly #learning: Learning;

  /** `given`: what is known already, from a wider question. */
  constructor(cluster: Cluster, target: Target, given: Learned = {}) {
    for (const [name, answer] of Object.entries(given)) this.#answers.set(name as FactName, Promise.resolve(answer));
    this.#learning = {
      cluster: orderly(cluster), target,
      one: async () => target.kind === 'service' ? target : target.kind === 'apiserver' ? {kind: 'service', namespace: 'default', service: 'kubernetes', port: null, from: target.from} : target.kind === 'dns' ? serviceOf(target, open(await this.learn('dnsService'))) : open<never>(unknown('not-asked', 'no single Service was asked about')),
      need: async name => open(await this.learn(name)),
      take: async answer => open(await answer),
      try: name => this.learn(name),
    };
  }

  learn<N extends FactName>(name: N): Promise<Answer<Facts[N]>> {
    let answer = this.#answers.get(name);
    if (answer === undefined) this.#answers.set(name, (answer = this.#learn(name)));
    return answer as Promise<Answer<Facts[N]>>;
  }

  async #learn(name: FactName): Promise<Answer<unknown>> {
    try {
      return known(await learners[name](this.#learning));
    } catch (error) {
      if (error instanceof Missing) return {unknown: error.unknown};
      // Objects that no API server would give, or a bug: what depends on this fact cannot be told; the rest can.
      if (error instanceof TypeError || error instanceof RangeError) return unknown('unparsed', `kdiag did not understand what it was given (${name}: ${error.message}); this is a bug of kdiag`);
      throw error;
    }
  }
}

/** The question about the DNS Service that a question about DNS has in it; under its usual name if there is none. */
function serviceOf({from}: DnsTarget, service: Service | null): ServiceTarget {
  return {kind: 'service', namespace: service?.metadata.namespace ?? 'kube-system', service: service?.metadata.name ?? 'kube-dns', port: null, from};
}

/** Ends the learning of a fact whose ground is missing. Never leaves this file. */
class Missing extends Error {
  readonly unknown: Unknown;
  constructor(reason: Unknown) {
    super(reason.detail);
    this.unknown = reason;
  }
}

function open<T>(answer: Answer<T>): T {
  if (isKnown(answer)) return answer.known;
  throw new Missing(answer.unknown);
}
