import {nodesFaults} from '../../replays/nodes-faults.ts';
import {breakEach} from '../break-each.ts';
import {settled} from '../restore.ts';
import {liveAll} from '../rig.ts';
import {breaks} from './faults.ts';

/** Of mode nftables: what is not broken by iptables' own means, and is not told otherwise there (a pod's way to itself is lost, too, when no endpoint is local). */
const nftables = ['the API server of node2 is another one that is dead, and Services change', "the ConfigMap's mode changed without a restart", 'clusterCIDR is of another cluster'];
/** Much like another one; its recording is replayed each time. */
const rarely = ['the API server of node2 is another one that is dead, and nothing has changed since'];
const ofMode = (name: string): boolean => (process.env['LIVE_IPTABLES'] === 'nftables' ? nftables.includes(name) : liveAll || !rarely.includes(name));

breakEach({
  command: 'nodes', breaks, faults: nodesFaults.filter(({name}) => ofMode(name)),
  objects: ['-n default get deploy hostnames', '-n kube-system get ds kube-proxy', '-n kube-system get cm kube-proxy'],
  healed: settled,
});
