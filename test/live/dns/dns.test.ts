import {before} from 'node:test';
import {dnsFaults} from '../../replays/dns-faults.ts';
import {breakEach} from '../break-each.ts';
import {settled} from '../restore.ts';
import {kubectl, liveAll} from '../rig.ts';
import {dnsPods, dnsReady, restartDns} from './dns-fault.ts';
import {breaks, endStubs} from './faults.ts';

/** What does not depend on kube-proxy's mode is broken in one round; emulated machines are too slow for more than a healthy look. */
const round = process.env['LIVE_IPTABLES'] ?? 'nft';
const alsoNftables = ['UDP port removed', 'a connection of UDP is remembered to a pod that is gone'];
/** Much like another one; their recordings are replayed each time. */
const rarely = [
  'CoreDNS forwards to itself', 'one of two upstreams dead', 'TCP port removed', 'pod without search domains', 'pod on the host network with ClusterFirst', 'search list too long',
  'CoreDNS serves another cluster domain', 'ndots makes a lookup dear', 'a headless Service without ready pods', 'an ExternalName that does not exist',
];
const isBroken = (name: string): boolean => (round === 'nft' ? liveAll || !rarely.includes(name) : round === 'nftables' && alsoNftables.includes(name));
let corefileAtFirst = '';
let isRestartDue = false;
const corefileNow = (): Promise<string> => kubectl('-n kube-system get cm coredns -o jsonpath={.data.Corefile}');

before(async () => { corefileAtFirst = await corefileNow(); });

breakEach({
  command: 'dns', breaks, faults: dnsFaults.filter(({name}) => isBroken(name)),
  objects: ['-n kube-system get deploy coredns', '-n kube-system get cm coredns', '-n kube-system get svc kube-dns', 'get clusterrole system:coredns', '-n kube-system get ds kube-proxy'],
  clear: async () => {
    endStubs();
    await kubectl('delete pods -l app=dns-test -A --wait=true --grace-period=0 --ignore-not-found');
    isRestartDue = await corefileNow() !== corefileAtFirst;
  },
  healed: async () => {
    if (isRestartDue || (await dnsPods()).some(({status}) => status.containerStatuses?.[0]?.ready !== true)) await restartDns();
    isRestartDue = false;
    await kubectl('-n kube-system rollout status ds/kube-proxy --timeout=90s').catch((error: unknown) => { if (!/RollingUpdate/.test(String(error))) throw error; });
    await dnsReady();
    await settled();
  },
});
