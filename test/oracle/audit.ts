import type {NodeReading} from '../../src/cluster/cluster.ts';
import {known} from '../../src/cluster/answer.ts';
import {RecordedCluster} from '../../src/cluster/recording/recorded-cluster.ts';
import type {Recording} from '../../src/cluster/recording/recording.ts';
import type {Report} from '../../src/diagnose/report.ts';
import {diagnoseCase} from '../cases/case.ts';
import {type Drawn, recordingOfDrawn} from './drawn.ts';
import {type Behaviour, behaviour, type Difference, differences, rulesOf} from './effect.ts';
import {type Mutation, mutate, type Scenery} from './mutate.ts';

/** What kdiag made of one mutation of one node's rules. */
export interface Verdict {
  readonly mutation: Mutation;
  readonly node: string;
  /**
   * `found`: a root cause on the node, for every Service that it harms. `harmless`: no packet fares differently. `beside`: only
   * packets that use no Service do. `refusal`: what fails as it should fails in another way. `undecided`: kdiag says so.
   */
  readonly outcome: 'found' | 'harmless' | 'beside' | 'refusal' | 'undecided' | 'missed';
  /** Of the Service that kdiag missed, or the first that it harms. */
  readonly service: string | null;
  readonly differences: readonly Difference[];
  readonly codes: readonly string[];
}

/** What is the Service's own doing, not the rules'. */
const fair = /^(external-policy|internal-policy|service-without|endpoints-terminating|endpoints-wrong-ip-family|load-balancer-pending)/;
const misnamed = /^kube-proxy/;

/** One drawn world, asked about again and again with something changed on a node. */
export class Audit {
  readonly drawn: Drawn;
  readonly #recording: Recording;
  readonly #before = new Map<string, ReadonlyMap<string, Behaviour>>();

  constructor(drawn: Drawn) {
    this.drawn = drawn;
    this.#recording = recordingOfDrawn(drawn);
  }

  /** What kdiag complains of though nothing is wrong. */
  async complaints(): Promise<string[]> {
    const said: string[] = [];
    for (const {metadata: {name}} of this.drawn.services) {
      const report = await diagnoseCase({ask: name}, new RecordedCluster(this.#recording));
      said.push(...report.findings.filter(({code}) => !fair.test(code)).map(({message}) => message), ...report.checks.filter(({outcome}) => outcome === 'crashed' || outcome === 'unknown').map(({id, why}) => `${id}: ${why}`));
    }
    return said;
  }

  /** Null: this draw had nothing to change. */
  draw(node: string, chance: () => number): Mutation | null {
    return mutate(this.drawn.mode, this.drawn.rules[node] ?? {}, this.#scenery(), chance);
  }

  async judge(node: string, mutation: Mutation): Promise<Verdict> {
    const reading = this.#reading(node);
    const section = reading.sections[mutation.section] ?? {command: '', stdout: '', stderr: '', exit: 0};
    const changed: NodeReading = {...reading, sections: {...reading.sections, [mutation.section]: {...section, stdout: mutation.stdout}}};
    const rules = rulesOf(changed);
    const harmed = this.drawn.services.flatMap(service => {
      const {name} = service.metadata;
      const before = this.#behaviours(node).get(name);
      const found = before === undefined ? [] : differences(before, behaviour(rules, service, this.drawn.slices, node, this.#elsewhere(node)));
      return found.length === 0 ? [] : [{name, found}];
    });
    const real = harmed.map(({name, found}) => ({name, found: found.filter(({use}) => use === 'service' || use === 'delivery')})).filter(({found}) => found.length > 0);
    const [first] = real;
    if (first === undefined) return {mutation, node, outcome: harmed.length === 0 ? 'harmless' : harmed.some(({found}) => found.some(({use}) => use === 'refusal')) ? 'refusal' : 'beside', service: harmed[0]?.name ?? null, differences: harmed[0]?.found ?? [], codes: []};
    const recording = {...this.#recording, exchanges: this.#recording.exchanges.map(each => (each.ask === 'node' && each.node === node ? {...each, answer: known(changed)} : each))};
    let codes: string[] = [];
    for (const {name, found} of real) {
      const report = await diagnoseCase({ask: name}, new RecordedCluster(recording));
      codes = causesOn(report, node);
      const told = {mutation, node, service: name, differences: found, codes};
      if (report.checks.some(({id, outcome}) => id === 'rules-read' && outcome === 'unknown')) return {...told, outcome: 'undecided'};
      // A rule that all Services share may be seen at another one: an audit of the node asks about all.
      if (codes.length === 0) codes = causesOn(await diagnoseCase({ask: 'kubernetes'}, new RecordedCluster(recording)), node);
      if (codes.length === 0) return {...told, outcome: found.every(({what}) => what.includes(' if it passes ')) ? 'undecided' : 'missed'};
    }
    return {mutation, node, outcome: 'found', service: first.name, differences: first.found, codes};
  }

  #reading(node: string): NodeReading {
    const exchange = this.#recording.exchanges.find(each => each.ask === 'node' && each.node === node);
    if (exchange?.ask !== 'node' || !('known' in exchange.answer)) throw new Error(`no reading of ${node}`);
    return exchange.answer.known;
  }

  #behaviours(node: string): ReadonlyMap<string, Behaviour> {
    const found = this.#before.get(node) ?? new Map(this.drawn.services.map(service => [service.metadata.name, behaviour(rulesOf(this.#reading(node)), service, this.drawn.slices, node, this.#elsewhere(node))]));
    this.#before.set(node, found);
    return found;
  }

  #elsewhere(node: string): string {
    return Object.entries(this.drawn.rules).flatMap(([name, sections]) => (name === node ? [] : Object.values(sections))).join('\n');
  }

  #scenery(): Scenery {
    const {services, slices} = this.drawn;
    return {
      addresses: [...services.flatMap(({spec, status}) => [...(spec.clusterIPs ?? []), ...(spec.externalIPs ?? []), ...(status?.loadBalancer?.ingress ?? []).flatMap(({ip}) => ip ?? [])]), ...slices.flatMap(({endpoints}) => (endpoints ?? []).slice(0, 2).flatMap(({addresses}) => addresses.slice(0, 1)))],
      ports: [...new Set([...services.flatMap(({spec}) => (spec.ports ?? []).flatMap(({port, nodePort}) => [port, ...(nodePort === undefined ? [] : [nodePort])])), ...slices.flatMap(({ports}) => (ports ?? []).flatMap(({port}) => port ?? []))])],
    };
  }
}

function causesOn({verdict}: Report, node: string): string[] {
  return verdict.rootCauses.filter(({code, subject}) => subject.name === node && !fair.test(code) && !misnamed.test(code)).map(({code}) => code);
}
