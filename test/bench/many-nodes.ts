import {isKnown, known} from '../../src/cluster/answer.ts';
import type {Section} from '../../src/cluster/cluster.ts';
import type {KubeObject, Node, Pod} from '../../src/cluster/objects.ts';
import type {Exchange, NodeExchange, Recording} from '../../src/cluster/recording/recording.ts';
import {formatAddress, parseAddress} from '../../src/model/ip.ts';

/** Copies within 10.244.0.0/16, the clusterCIDR of the embedded recordings, past the /24 of the real nodes. */
const firstBlock = parseAddress('10.244.4.0')?.bits ?? 0n;
export const mostCopies = 63 * 64;

/** A node to be copied: what tells it from others in its texts. */
interface Original {
  readonly name: string;
  readonly address: string;
  /** `10.244.1`, of its podCIDR 10.244.1.0/24. */
  readonly pods: string;
}

/**
 * The recording of a small cluster with so many nodes more, each made of a worker that is there. No two texts are alike that would
 * differ between two real nodes: a copy has its own name, addresses and podCIDR wherever its original has its own, other interfaces,
 * other moments in its dumps' comments, other counters of policies and, as flannel writes them, rules that name its podCIDR.
 */
export function withNodes(recording: Recording, count: number, {ownRules}: {readonly ownRules: boolean}): Recording {
  const originals = recording.exchanges.flatMap(exchange => (exchange.ask === 'list' && exchange.query.resource === 'nodes' && isKnown(exchange.answer) ? exchange.answer.known : [])).flatMap(originalOf);
  if (originals.length === 0 || count > mostCopies) throw new Error('no node can be copied that often');
  const copies = Array.from({length: count}, (_, i) => ({number: i, original: originals[i % originals.length] as Original}));
  return {...recording, exchanges: recording.exchanges.flatMap((exchange): Exchange[] => {
    if (exchange.ask === 'list' && isKnown(exchange.answer)) {
      const {known: objects} = exchange.answer;
      return [{...exchange, answer: known([...objects, ...copies.flatMap(copy => objects.filter(object => isOf(copy.original, object)).map(object => objectOf(copy, object)))])}];
    }
    if (exchange.ask !== 'node') return [exchange];
    return [exchange, ...copies.filter(({original}) => original.name === exchange.node).map(copy => readingOf(copy, exchange, ownRules))];
  })};
}

interface Copy {readonly number: number; readonly original: Original}

/** Workers only: an address of the control plane stands in the rules of every node. */
function originalOf(object: KubeObject): Original[] {
  const {metadata, spec, status} = object as Node;
  const address = status?.addresses?.find(({type}) => type === 'InternalIP')?.address;
  const pods = /^(\d+\.\d+\.\d+)\.0\/24$/.exec(spec?.podCIDR ?? '')?.[1];
  const isWorker = !Object.keys(metadata.labels ?? {}).includes('node-role.kubernetes.io/control-plane');
  return isWorker && address !== undefined && pods !== undefined ? [{name: metadata.name, address, pods}] : [];
}

/** Itself, and the pods of DaemonSets on it. */
function isOf({name}: Original, object: KubeObject): boolean {
  if (object.kind === 'Node') return object.metadata.name === name;
  if (object.kind !== 'Pod') return false;
  const {metadata, spec} = object as Pod;
  return spec.nodeName === name && (metadata.ownerReferences ?? []).some(({kind}) => kind === 'DaemonSet');
}

const nameOf = ({number}: Copy): string => `worker-${String(number).padStart(5, '0')}`;
const addressOf = ({number}: Copy): string => `172.31.${number >> 8}.${number & 255}`;

/** 16 addresses for each copy. */
const podOf = ({number}: Copy, host: number): string => formatAddress({family: 4, bits: firstBlock + BigInt(16 * number + host)});

/** A text in which an original's name and its own addresses are the copy's. Its pods' addresses stay: they are endpoints. */
function textOf(copy: Copy, text: string): string {
  const {name, address, pods} = copy.original;
  return text
    .replaceAll(`${pods}.0/24`, `${podOf(copy, 0)}/28`)
    .replaceAll(new RegExp(`(?<![\\d.])${pods.replaceAll('.', '\\.')}\\.(0|1|255)(?![\\d.])`, 'g'), (_, host: string) => podOf(copy, host === '255' ? 15 : Number(host)))
    .replaceAll(new RegExp(`(?<![\\d.])${address.replaceAll('.', '\\.')}(?![\\d.])`, 'g'), addressOf(copy))
    .replaceAll(new RegExp(`\\b${name}\\b`, 'g'), nameOf(copy));
}

function objectOf(copy: Copy, object: KubeObject): KubeObject {
  const made = JSON.parse(textOf(copy, JSON.stringify(object))) as KubeObject;
  const name = object.kind === 'Node' ? nameOf(copy) : `${object.metadata.name.replace(/-[^-]*$/, '')}-${nameOf(copy)}`;
  return {...made, metadata: {...made.metadata, name, uid: `${object.metadata.uid ?? ''}-${copy.number}`}};
}

function readingOf(copy: Copy, {answer}: NodeExchange, ownRules: boolean): NodeExchange {
  if (!isKnown(answer)) return {ask: 'node', node: nameOf(copy), answer};
  const sections = Object.entries(answer.known.sections).map(([name, section]): [string, Section] => {
    const stdout = textOf(copy, section.stdout);
    return [name, {...section, stdout: name.endsWith('-save') ? dumpOf(copy, stdout, ownRules && name === 'iptables-nft-save') : name === 'if_inet6' ? interfacesOf(copy, stdout) : stdout}];
  });
  return {ask: 'node', node: nameOf(copy), answer: known({...answer.known, node: nameOf(copy), sections: Object.fromEntries(sections)})};
}

function dumpOf(copy: Copy, text: string, ownRules: boolean): string {
  const {number} = copy;
  const said = text
    .replaceAll(/ (\d\d:\d\d:)\d\d (\d{4})$/gm, (_, minutes: string, year: string) => ` ${minutes}${String(number % 60).padStart(2, '0')} ${year}`)
    .replaceAll(/^(:\S+ (?:ACCEPT|DROP)) \[\d+:\d+\]$/gm, (_, chain: string) => `${chain} [${number * 7 + 1}:${number * 4200 + 60}]`);
  const hook = '-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING\n';
  return ownRules ? said.replace(hook, `${hook}-A POSTROUTING -s ${podOf(copy, 0)}/28 -d 10.244.0.0/16 -m comment --comment "flanneld masq" -j RETURN\n`) : said;
}

/** Link-local addresses are made of random MAC addresses. */
function interfacesOf({number}: Copy, text: string): string {
  return text.replaceAll(/^fe80[0-9a-f]{22}/gm, found => `${found.slice(0, 20)}${(number * 0x9e37 % 0x1000000).toString(16).padStart(6, '0')}`);
}
