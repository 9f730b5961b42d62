import type {Corefile, CorefileImport, ServerBlock} from '../../parse/corefile.ts';
import {Dispenser, Refused} from '../../parse/corefile/dispenser.ts';
import {directives, goneDirectives, nearestOf} from './directives.ts';
import {noOptions, type PluginOptions, readers} from './options.ts';
import {PluginRefused} from './setup/setup.ts';
import {type Listening, listeningOf, longestZone, zoneOf} from './zones.ts';

/** What a Corefile means to CoreDNS 1.14: other releases know a few options more, or fewer. */
export interface CoreDnsConfig {
  readonly servers: readonly Server[];
  /** What CoreDNS refuses, in the order in which it looks: it starts with none, and logs the first. */
  readonly refusals: readonly Refusal[];
  readonly unknownDirectives: readonly UnknownDirective[];
  /** What the servers may lack: files and variables whose contents nobody could tell. */
  readonly unread: {readonly imports: readonly CorefileImport[]; readonly variables: Corefile['variables']};
}

export interface Server {
  /** Of its first key. */
  readonly line: number;
  /** Keys as written. */
  readonly keys: readonly string[];
  readonly listens: readonly Listening[];
  /** In the order in which CoreDNS asks them; unknown ones last. */
  readonly plugins: readonly {readonly name: string; readonly line: number; readonly file: string}[];
  readonly options: PluginOptions;
  /** Names of plugins whose options are not looked at here. */
  readonly unread: readonly string[];
}

export interface Refusal {
  readonly stage: 'syntax' | 'directive' | 'zone' | 'plugin' | 'overlap';
  readonly plugin: string | null;
  readonly file: string;
  /** Where kdiag sees it; CoreDNS does not always say so. */
  readonly line: number;
  readonly reason: string;
  /** As CoreDNS's log has it. */
  readonly text: string;
  /** False: variables or imports that could not be read may make it good. */
  readonly certain: boolean;
}

type Found = Omit<Refusal, 'certain'>;

export interface UnknownDirective {
  readonly name: string;
  readonly line: number;
  readonly file: string;
  /** The release that no longer has it; null: none ever had. */
  readonly gone: string | null;
  /** What may be meant. */
  readonly nearest: string | null;
}

export function readConfig(corefile: Corefile, defaultPort = 53): CoreDnsConfig {
  const {file} = corefile;
  const unknownDirectives = corefile.directives.filter(({name}) => !directives.includes(name))
    .map(({name, line, file}) => ({name, line, file, gone: goneDirectives[name] ?? null, nearest: nearestOf(name, directives)}));
  const refusals: Found[] = unknownDirectives.map(({name, line, file: of}) => {
    const reason = `Unknown directive '${name}'`;
    return {stage: 'directive', plugin: null, file: of || file, line, reason, text: `${of || file}:${line} - Error during parsing: ${reason}`};
  });
  if (corefile.error !== null) refusals.push({stage: 'syntax', plugin: null, ...corefile.error});
  const servers = corefile.blocks.map(block => serverOf(block, file, defaultPort, refusals));
  for (const name of directives) for (const [i, server] of servers.entries()) setUp(name, corefile.blocks[i]!, server, file, refusals);
  overlaps(servers, file, refusals);
  const unread = {imports: corefile.imports.filter(({of}) => of === 'not-read'), variables: corefile.variables};
  const certain = unread.imports.length === 0 && unread.variables.length === 0;
  return {servers, refusals: refusals.map(each => ({...each, certain})), unknownDirectives, unread};
}

function serverOf({keys, line, directives: uses}: ServerBlock, file: string, defaultPort: number, refusals: Found[]): Server {
  const listens = keys.flatMap(key => {
    const listening = listeningOf(key.text, defaultPort);
    if ('value' in listening) return listening.value;
    refusals.push({stage: 'zone', plugin: null, file, line: key.line, reason: listening.error, text: `error inspecting server blocks: ${listening.error}`});
    return [];
  });
  const place = (name: string): number => (directives.includes(name) ? directives.indexOf(name) : directives.length);
  const plugins = uses.map(({name, line, file}) => ({name, line, file})).sort((a, b) => place(a.name) - place(b.name));
  return {line, keys: keys.map(({text}) => text), listens, plugins, options: noOptions(), unread: [...new Set(plugins.map(({name}) => name))].filter(name => readers[name] === undefined)};
}

function setUp(name: string, block: ServerBlock, server: Server, file: string, refusals: Found[]): void {
  const uses = block.directives.filter(use => use.name === name);
  const read = readers[name];
  if (uses.length === 0 || read === undefined) return;
  const words = new Dispenser(file, uses.flatMap(({tokens}) => tokens));
  try {
    read(words, {zones: server.listens.map(({zone}) => zoneOf(zone))}, server.options);
  } catch (error) {
    if (error instanceof Refused) refusals.push({stage: 'plugin', plugin: name, ...error.error, text: `plugin/${name}: ${error.error.text}`});
    else if (error instanceof PluginRefused) refusals.push({stage: 'plugin', plugin: name, file: words.tokens[words.cursor]?.file || file, line: words.line(), reason: error.message, text: `plugin/${name}: ${error.message}`});
    else throw error;
  }
}

/** No two servers for one zone, port and address; one without an address is on all of them (core/dnsserver/address.go). */
function overlaps(servers: readonly Server[], file: string, refusals: Found[]): void {
  const seen: (Listening & {readonly address: string})[] = [];
  const shown = ({transport, zone, port, address}: (typeof seen)[number]): string => `${transport}://${zone === '.' ? zone : `${zone}.`}:${port}${address === '' ? '' : ` on ${address}`}`;
  const refuse = (line: number, reason: string): void => { refusals.push({stage: 'overlap', plugin: null, file, line, reason, text: reason}); };
  for (const {port, line} of servers.flatMap(({listens, line}) => listens.map(each => ({...each, line})))) if (port < 0 || port > 65535) refuse(line, `address ${port}: invalid port`);
  for (const {listens, line, options, plugins} of servers) {
    if (plugins.some(({name}) => name === 'view')) continue; // shares its zone with others
    for (const listening of listens) {
      for (const address of options.bind ?? ['']) {
        const here = {...listening, address};
        const same = seen.filter(each => each.zone === here.zone && each.port === here.port && each.transport === here.transport);
        const other = same.find(each => each.address === '' || address === '');
        if (same.some(each => each.address === address)) refuse(line, `cannot serve ${shown(here)} - it is already defined`);
        else if (other !== undefined) refuse(line, `cannot serve ${shown(here)} - zone overlap listener capacity with ${shown(address === '' ? same.at(-1)! : other)}`);
        else seen.push(here);
      }
    }
  }
}

/** Where CoreDNS listens, as far as its Corefile goes: each port once, in order. */
export function portsOf({servers}: CoreDnsConfig): number[] {
  return [...new Set(servers.flatMap(({listens}) => listens.filter(({transport}) => transport === 'dns').map(({port}) => port)))].sort((a, b) => a - b);
}

/** The port behind the DNS Service: 53 with most, 5353 with OpenShift. */
function usualPort(config: CoreDnsConfig): number {
  const ports = portsOf(config);
  return ports.includes(53) ? 53 : ports[0] ?? 53;
}

/** The server block that answers for a name: the longest zone, whatever the order. Null: none, and CoreDNS refuses it. */
export function serverFor(config: CoreDnsConfig, name: string, port = usualPort(config)): Server | null {
  const {servers} = config;
  const candidates = servers.flatMap(server => server.listens.filter(each => each.port === port && each.transport === 'dns' && each.zone === each.zone.toLowerCase()).map(({zone}) => ({zone, server})));
  const zone = longestZone(candidates.map(({zone}) => zone), name);
  return candidates.find(each => each.zone === zone)?.server ?? null;
}
