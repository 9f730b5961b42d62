import type {Dispenser} from '../../../parse/corefile/dispenser.ts';
import {duration, integer, isAddress} from '../go-values.ts';
import {type Around, each, fallthroughZones, once, PluginRefused, zonesOr} from './setup.ts';

// Plugins that answer by themselves, or change the question: hosts, template, rewrite.

/** plugin/hosts/setup.go. Without a fallthrough every name of its zones that it does not have is answered with SERVFAIL. */
export interface HostsOptions {
  readonly line: number;
  readonly zones: readonly string[];
  /** `/etc/hosts` if none is named; it is read beside the lines. */
  readonly path: string;
  readonly entries: readonly {readonly address: string; readonly names: readonly string[]}[];
  readonly fallthrough: readonly string[];
}

export function readHosts(words: Dispenser, around: Around): HostsOptions {
  let [zones, path, line]: [readonly string[], string, number] = [[], '/etc/hosts', 0];
  const entries: {address: string; names: string[]}[] = [];
  let through: readonly string[] = [];
  once(words, () => {
    line = words.line();
    const [file, ...named] = words.argumentsLeft();
    path = file ?? path;
    zones = zonesOr(named, around);
    while (words.nextInBlock()) {
      const name = words.value();
      if (name === 'fallthrough') through = fallthroughZones(words);
      else if (name === 'ttl') hostsTtl(words);
      else if (name === 'reload') hostsReload(words);
      else if (name === 'no_reverse') continue;
      else if (through.length > 0) throw words.refuse(`unknown property '${name}'`);
      else {
        const names = words.argumentsLeft();
        const address = name.split('%')[0]!;
        if (isAddress(address)) entries.push({address, names: names.map(each => each.toLowerCase().replace(/\.$/, ''))});
      }
    }
  });
  return {line, zones, path, entries, fallthrough: through};
}

function hostsTtl(words: Dispenser): void {
  const [ttl] = words.argumentsLeft();
  if (ttl === undefined) throw words.refuse('ttl needs a time in second');
  const value = integer(ttl);
  if ('error' in value) throw words.refuse('ttl needs a number of second');
  if (value.value <= 0 || value.value > 65535) throw words.refuse('ttl provided is invalid');
}

function hostsReload(words: Dispenser): void {
  const [time, ...more] = words.argumentsLeft();
  if (time === undefined || more.length > 0) throw words.refuse('reload needs a duration (zero seconds to disable)');
  const value = duration(time);
  if ('error' in value) throw words.refuse(`invalid duration for reload '${time}'`);
  if (value.value < 0) throw words.refuse(`invalid negative duration for reload '${time}'`);
}

/** plugin/template/setup.go. A name that none of its patterns matches is answered with SERVFAIL where there is no fallthrough. */
export interface TemplateOptions {
  readonly line: number;
  readonly class: string;
  readonly type: string;
  readonly zones: readonly string[];
  /** Go's regular expressions; empty: every name. */
  readonly match: readonly string[];
  readonly rcode: string;
  readonly answers: readonly string[];
  readonly fallthrough: readonly string[];
}

const classes = ['IN', 'CS', 'CH', 'HS', 'NONE', 'ANY'];

export function readTemplates(words: Dispenser, around: Around): readonly TemplateOptions[] {
  const found: TemplateOptions[] = [];
  each(words, () => {
    const line = words.line();
    if (!words.nextArgument()) throw words.refuseArgument();
    const kind = words.value();
    if (!classes.includes(kind)) throw words.refuse(`invalid query class ${kind}`);
    if (!words.nextArgument()) throw words.refuseArgument();
    const type = words.value();
    if (!/^[A-Z][A-Z0-9-]*$/.test(type)) throw words.refuse(`invalid RR class ${type}`);
    const zones = zonesOr(words.argumentsLeft(), around);
    const template = {line, class: kind, type, zones, match: [] as string[], rcode: 'NOERROR', answers: [] as string[], fallthrough: [] as readonly string[]};
    while (words.nextInBlock()) templateOption(words, template);
    found.push(template);
  });
  return found;
}

function templateOption(words: Dispenser, template: {match: string[]; rcode: string; answers: string[]; fallthrough: readonly string[]}): void {
  const name = words.value();
  const some = (): string[] => {
    const args = words.argumentsLeft();
    if (args.length === 0) throw words.refuseArgument();
    return args;
  };
  switch (name) {
    case 'match': template.match.push(...some()); break;
    case 'answer': template.answers.push(...some()); break;
    case 'additional': case 'authority': some(); break;
    case 'rcode':
      if (!words.nextArgument()) throw words.refuseArgument();
      if (!/^[A-Z]+$/.test(words.value())) throw words.refuse(`unknown rcode ${words.value()}`);
      template.rcode = words.value();
      break;
    case 'ederror': if (![1, 2].includes(words.argumentsLeft().length)) throw words.refuseArgument(); break;
    case 'fallthrough': template.fallthrough = fallthroughZones(words); break;
    case 'upstream': words.argumentsLeft(); break;
    default: throw words.refuseArgument();
  }
}

/** A rule of the plugin rewrite, its words as they stand: what it does to a name is not worked out. */
export interface RewriteRule {
  readonly line: number;
  /** `name`, `type`, `class`, `edns0`, `ttl`, `cname`, `rcode` */
  readonly kind: string;
  readonly words: readonly string[];
}

const kinds = ['name', 'class', 'type', 'edns0', 'ttl', 'cname', 'rcode'];

export function readRewrites(words: Dispenser): readonly RewriteRule[] {
  const rules: RewriteRule[] = [];
  each(words, () => {
    const line = words.line();
    const args = words.argumentsLeft();
    if (args.length < 2) while (words.nextInBlock()) args.push(words.value());
    rules.push({line, kind: kindOf(args), words: args});
  });
  return rules;
}

function kindOf(args: readonly string[]): string {
  const [first = '', second] = args.map(arg => arg.toLowerCase());
  if (args.length === 0) throw new PluginRefused('no rule type specified for rewrite');
  const moded = first === 'continue' || first === 'stop';
  if (moded && second === undefined) throw new PluginRefused(`${first} rule must begin with a rule type`);
  const kind = moded ? second! : first;
  if (kind === 'answer') throw new PluginRefused('response rewrites must begin with a name rule');
  if (!kinds.includes(kind)) throw new PluginRefused(`invalid rule type "${args[0]}"`);
  const values = args.length - (moded ? 2 : 1);
  if ((kind === 'class' || kind === 'type') && values !== 2) throw new PluginRefused(`${kind} rules must have exactly two arguments`);
  if (kind === 'name' && values < 2) throw new PluginRefused('too few arguments for a name rule');
  return kind;
}
