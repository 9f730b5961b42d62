import type {Dispenser} from '../../../parse/corefile/dispenser.ts';
import {duration, hostAndPort, integer, isAddress, quoted} from '../go-values.ts';
import {type Around, each, onlyOnce, once, PluginRefused, taken, zonesOr} from './setup.ts';

// Plugins with few options; each follows its plugin/NAME/setup.go.

export interface HealthOptions {
  /** `:8080` */
  readonly address: string;
  readonly lameduckMs: number;
}

export function readHealth(words: Dispenser): HealthOptions {
  let [address, lameduckMs] = ['', 0];
  each(words, () => {
    address = listenAddress(words) ?? address;
    while (words.nextInBlock()) {
      if (words.value() !== 'lameduck') throw words.refuseArgument();
      const args = words.argumentsLeft();
      if (args.length !== 1) throw words.refuseArgument();
      lameduckMs = taken(duration(args[0]!), `unable to parse lameduck duration value: '${args[0]}' : `);
    }
  });
  return {address: address === '' ? ':8080' : address, lameduckMs};
}

/** The address that ready answers at. */
export function readReady(words: Dispenser): string {
  let address = ':8181';
  once(words, () => {
    address = listenAddress(words) ?? address;
    while (words.nextInBlock()) {
      if (words.value() !== 'monitor') continue; // what it does not know, it passes over
      const args = words.argumentsLeft();
      if (args.length !== 1) throw words.refuseArgument();
      if (args[0] !== 'until-ready' && args[0] !== 'continuously') throw words.refuse(`monitor type '${args[0]}' not supported`);
    }
  });
  return address;
}

export function readPrometheus(words: Dispenser): string {
  let address = 'localhost:9153';
  once(words, () => { address = listenAddress(words) ?? address; });
  return address;
}

function listenAddress(words: Dispenser): string | null {
  const args = words.argumentsLeft();
  if (args.length > 1) throw words.refuseArgument();
  if (args[0] === undefined) return null;
  taken(hostAndPort(args[0]));
  return args[0];
}

export function readErrors(words: Dispenser): void {
  once(words, () => {
    const args = words.argumentsLeft();
    if (args.length > 1) throw words.refuseArgument();
    if (args[0] !== undefined && args[0] !== 'stdout') throw words.refuse(`invalid log file: ${args[0]}`);
    while (words.nextInBlock()) {
      if (words.value() === 'stacktrace') continue;
      if (words.value() !== 'consolidate') throw words.refuseSyntax(`Unknown field ${words.value()}`);
      const options = words.argumentsLeft();
      if (options.length < 2 || options.length > 4) throw words.refuseArgument();
      const period = duration(options[0]!);
      if ('error' in period) throw words.refuse(period.error);
      for (const option of options.slice(2)) if (!['warning', 'error', 'info', 'debug', 'show_first'].includes(option)) throw words.refuse(`unknown option in consolidate: ${option}`);
    }
  });
}

export function readLog(words: Dispenser): void {
  each(words, () => {
    words.argumentsLeft();
    while (words.nextInBlock()) {
      if (words.value() !== 'class') throw words.refuseArgument();
      const classes = words.argumentsLeft();
      if (classes.length === 0) throw words.refuseArgument();
      for (const each of classes) if (!['all', 'success', 'denial', 'error'].includes(each)) throw new PluginRefused(`invalid Class: ${each}`);
    }
  });
}

/** Milliseconds between two looks at the Corefile. Words behind the first use are not looked at. */
export function readReload(words: Dispenser): number {
  words.next();
  const args = words.argumentsLeft();
  if (args.length > 2) throw words.refuseArgument();
  const interval = args[0] === undefined ? 30_000 : taken(duration(args[0]));
  if (interval < 2000) throw new PluginRefused('interval value must be greater or equal to 2s');
  const jitter = args[1] === undefined ? 15_000 : taken(duration(args[1]));
  if (jitter !== 0 && jitter < 1000) throw new PluginRefused('jitter value must be 0 or greater or equal to 1s');
  return interval;
}

export function readLoop(words: Dispenser): void {
  once(words, () => { if (words.nextArgument()) throw words.refuseArgument(); });
}

export function readLoadbalance(words: Dispenser): void {
  each(words, () => {
    const [policy, file, ...more] = words.argumentsLeft();
    if (policy === 'round_robin' && file !== undefined) throw words.refuse(`unknown property for ${policy}`);
    if (policy === 'weighted') {
      if (file === undefined) throw words.refuse('missing weight file argument');
      if (more.length > 0) throw words.refuse('unexpected argument(s)');
      while (words.nextInBlock()) if (words.value() === 'reload') words.argumentsLeft(); else throw words.refuse(`unknown property '${words.value()}'`);
    } else if (policy !== undefined && policy !== 'round_robin') throw new PluginRefused(`unknown policy: ${policy}`);
    while (words.nextInBlock()) if (words.value() === 'prefer') words.argumentsLeft(); else throw words.refuse(`unknown property '${words.value()}'`);
  });
}

/** The EDNS buffer size that answers are held to. */
export function readBufsize(words: Dispenser): number {
  words.next();
  const args = words.argumentsLeft();
  const size = args.length === 0 ? 1232 : Number(args[0]);
  const wrong = args.length > 1 || !/^[+-]?\d+$/.test(args[0] ?? '0') || size < 512 || size > 4096;
  if (wrong) throw new PluginRefused(`plugin/bufsize: ${words.refuseArgument().message}`);
  return size;
}

/** The addresses, or names of interfaces, that a server block is bound to. */
export function readBind(words: Dispenser): readonly string[] {
  const all: string[] = [];
  each(words, () => {
    const args = words.argumentsLeft();
    if (args.length === 0) throw new PluginRefused('at least one address or interface name is expected');
    const except: string[] = [];
    while (words.nextInBlock()) {
      if (words.value() !== 'except') throw new PluginRefused(`invalid option ${quoted(words.value())}`);
      except.push(...words.argumentsLeft());
      if (except.length === 0) throw new PluginRefused('at least one address or interface must be given to except subdirective');
    }
    all.push(...args.filter(arg => !except.includes(arg)));
  });
  return all;
}

export interface AutopathOptions {
  readonly zones: readonly string[];
  /** `@kubernetes`, or a file. */
  readonly from: string;
}

export function readAutopath(words: Dispenser, around: Around): AutopathOptions | null {
  let options: AutopathOptions | null = null;
  each(words, () => {
    const args = words.argumentsLeft();
    const from = args.at(-1);
    if (from === undefined) throw new PluginRefused('no resolv-conf specified');
    options = {from, zones: zonesOr(args.slice(0, -1), around)};
  });
  return options;
}

export function readWithoutOptions(words: Dispenser): void {
  words.next();
  if (words.nextArgument()) throw words.refuseArgument();
}

export function readCancel(words: Dispenser): void {
  each(words, () => {
    const args = words.argumentsLeft();
    if (args.length > 1) throw words.refuseArgument();
    if (args[0] === undefined) return;
    const time = duration(args[0]);
    if ('error' in time) throw new PluginRefused(`invalid duration: ${quoted(args[0])}`);
    if (time.value <= 0) throw new PluginRefused(`invalid negative duration: ${quoted(args[0])}`);
  });
}

export function readPprof(words: Dispenser): void {
  each(words, time => {
    if (time > 0) throw new PluginRefused(onlyOnce);
    const args = words.argumentsLeft();
    const address = args.length === 1 ? hostAndPort(args[0]!) : null;
    if (address !== null && 'error' in address) throw words.refuse(address.error);
    if (args.length > 1) throw words.refuseArgument();
    while (words.nextInBlock()) {
      if (words.value() !== 'block') throw words.refuse(`unknown property '${words.value()}'`);
      const rates = words.argumentsLeft();
      if (rates.length > 1) throw words.refuseArgument();
      if (rates[0] !== undefined && 'error' in integer(rates[0])) throw words.refuse(`property 'block' invalid integer value '${rates[0]}'`);
    }
  });
}

export interface AclRule {
  readonly zones: readonly string[];
  /** In order; the first whose type and source match decides, and none lets the question through. `types` and `nets`: null for all. */
  readonly policies: readonly {readonly action: 'allow' | 'block' | 'filter' | 'drop'; readonly types: readonly string[] | null; readonly nets: readonly string[] | null; readonly line: number}[];
}

export function readAcl(words: Dispenser, around: Around): readonly AclRule[] {
  const rules: AclRule[] = [];
  each(words, () => {
    const zones = zonesOr(words.argumentsLeft(), around);
    const policies: AclRule['policies'][number][] = [];
    while (words.nextInBlock()) {
      const [line, action] = [words.line(), words.value().toLowerCase()];
      if (action !== 'allow' && action !== 'block' && action !== 'filter' && action !== 'drop') throw words.refuse(`unexpected token ${quoted(words.value())}; expect 'allow', 'block', 'filter' or 'drop'`);
      policies.push({action, line, ...aclSections(words)});
    }
    rules.push({zones, policies});
  });
  return rules;
}

function isBlock(text: string): boolean {
  const [address = '', length] = text.split('/');
  return isAddress(address) && (length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= (address.includes(':') ? 128 : 32))) && text.split('/').length < 3;
}

function aclSections(words: Dispenser): {types: readonly string[] | null; nets: readonly string[] | null} {
  const found: {types: string[] | null; nets: string[] | null} = {types: null, nets: null};
  const args = words.argumentsLeft();
  while (args.length > 0) {
    const section = args.shift()!;
    const kind = section.toLowerCase();
    if (kind !== 'type' && kind !== 'net') throw words.refuse(`unexpected token ${quoted(section)}; expect 'type | net'`);
    const end = args.findIndex(arg => ['type', 'net'].includes(arg.toLowerCase()));
    const values = args.splice(0, end === -1 ? args.length : end);
    if (values.length === 0) throw words.refuse(`no token specified in "${kind}" section`);
    const wrong = kind === 'net' ? values.find(value => value !== '*' && !isBlock(value)) : undefined;
    if (wrong !== undefined) throw words.refuse(`illegal CIDR notation ${quoted(wrong.includes('/') ? wrong : `${wrong}/${wrong.includes(':') ? 128 : 32}`)}`);
    const strange = kind === 'type' ? values.find(value => value !== '*' && !/^[A-Z][A-Z0-9-]*$/.test(value)) : undefined;
    if (strange !== undefined) throw words.refuse(`unexpected token ${quoted(strange)}; expect legal QTYPE`);
    found[kind === 'type' ? 'types' : 'nets'] = values.includes('*') ? null : values;
  }
  return found;
}
