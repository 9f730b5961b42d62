import {apiserverFaults} from '../../replays/apiserver-faults.ts';
import {breakEach} from '../break-each.ts';
import {settled} from '../restore.ts';
import {dnsReady} from '../dns/dns-fault.ts';
import {breaks} from './faults.ts';

/** What does not depend on kube-proxy's mode is broken in one round. */
const round = process.env['LIVE_IPTABLES'] ?? 'nft';
const nftables = ['kube-proxy kept off node2 by a taint, its rules gone', 'a dead address in a second EndpointSlice', 'a firewall on node1 drops what pods send to the API server'];
const ofMode = (name: string): boolean => (round === 'nftables' ? nftables.includes(name) : round === 'nft');

breakEach({
  command: 'apiserver-vip', breaks, faults: apiserverFaults.filter(({name}) => ofMode(name)),
  objects: ['-n kube-system get deploy coredns', '-n kube-system get ds kube-proxy', '-n kube-system get cm kube-proxy'],
  healed: async () => {
    await settled();
    await dnsReady();
  },
});
