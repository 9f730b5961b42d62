import {type Answer, isKnown, known, type Unknown, unknown} from '../answer.ts';
import {runDaemonSet, runJob, runName} from './debug-daemon-set.ts';
import {daemonSetsOf, deleteCollector, jobsOf} from './delete-collector.ts';
import {refusal} from './errors.ts';
import {parse} from './read-objects.ts';
import type {Transport} from './transport.ts';

/** One run's DaemonSet, and the Job that would end it. Whatever happens, `remove` deletes both. */
export class RunCollector {
  readonly #transport: Transport;
  readonly #options: {readonly namespace: string; readonly run: string; readonly lifeSeconds: number};
  #creating: Promise<unknown> = Promise.resolve();
  #tried = false;

  constructor(transport: Transport, options: {readonly namespace: string; readonly run: string; readonly lifeSeconds: number}) {
    this.#transport = transport;
    this.#options = options;
  }

  /** Null: it is created. What stands against it is said before anything is created. */
  create(image: string): Promise<Unknown | null> {
    const created = this.#create(image);
    this.#creating = created;
    return created;
  }

  async #create(image: string): Promise<Unknown | null> {
    const {namespace, run, lifeSeconds} = this.#options;
    for (const [path, object] of [[jobsOf(namespace), runJob({namespace, image, run, lifeSeconds})], [daemonSetsOf(namespace), runDaemonSet({namespace, image, run, owner: {name: 'kdiag', uid: run}})]] as const) {
      const tried = await this.#post(path, object, {dryRun: 'All'});
      if (!isKnown(tried)) return tried.unknown;
    }
    this.#tried = true;
    const job = await this.#post(jobsOf(namespace), runJob({namespace, image, run, lifeSeconds}));
    if (!isKnown(job)) return job.unknown;
    const {name, uid} = parse<{metadata?: {name?: string; uid?: string}}>(job.known)?.metadata ?? {};
    if (name === undefined || uid === undefined) return unknown('unparsed', 'the API server\'s answer about a new Job is not JSON as expected').unknown;
    const set = await this.#post(daemonSetsOf(namespace), runDaemonSet({namespace, image, run, owner: {name, uid}}));
    return isKnown(set) ? null : set.unknown;
  }

  /** Safe to call when nothing was created. Unknown: something may be left, which `detail` names. */
  async remove(): Promise<Answer<null>> {
    await this.#creating.catch(() => {});
    if (!this.#tried) return known(null);
    const failures = await deleteCollector(this.#transport, this.#options.namespace, runName(this.#options.run));
    const [first] = failures;
    if (first === undefined) this.#tried = false;
    return first === undefined ? known(null) : {unknown: first};
  }

  async #post(path: string, body: object, query: {readonly dryRun?: string} = {}): Promise<Answer<Buffer>> {
    const reply = await this.#transport.send({method: 'POST', path, query, body});
    if (!isKnown(reply)) return reply;
    return reply.known.status < 300 ? known(reply.known.body) : {unknown: refusal(reply.known.status, reply.known.body)};
  }
}
