import {apiserverFaults} from '../../replays/apiserver-faults.ts';
import {breakEach} from '../break-each.ts';
import {settled} from '../restore.ts';
import {liveAll} from '../rig.ts';
import {dnsReady} from '../dns/dns-fault.ts';
import {breaks} from './faults.ts';

/** What does not depend on kube-proxy's mode is broken in one round. */
const round = process.env['LIVE_IPTABLES'] ?? 'nft';
const nftables = ['kube-proxy kept off node2 by a taint, its rules gone', 'a firewall on node1 drops what pods send to the API server'];
/** Much like another one, here or in test/live/faults; their recordings are replayed each time. */
const rarely = [
  'kube-proxy kept off node2 by a nodeSelector, its rules gone', "kube-proxy's DaemonSet deleted, its rules gone from node2", 'kube-proxy on node2 crashes on its configuration, its rules gone',
  'a firewall on node1 refuses pods the API server', "the API server's certificate without the name",
];
const ofMode = (name: string): boolean => (round === 'nftables' ? nftables.includes(name) : round === 'nft' && (liveAll || !rarely.includes(name)));

breakEach({
  command: 'apiserver-vip', breaks, faults: apiserverFaults.filter(({name}) => ofMode(name)),
  objects: ['-n kube-system get deploy coredns', '-n kube-system get ds kube-proxy', '-n kube-system get cm kube-proxy'],
  healed: async () => {
    await settled();
    await dnsReady();
  },
});
