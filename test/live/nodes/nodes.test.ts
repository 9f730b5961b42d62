import {nodesFaults} from '../../replays/nodes-faults.ts';
import {breakEach} from '../break-each.ts';
import {settled} from '../restore.ts';
import {breaks} from './faults.ts';

breakEach({
  command: 'nodes', breaks, faults: nodesFaults,
  objects: ['-n default get deploy hostnames', '-n kube-system get ds kube-proxy', '-n kube-system get cm kube-proxy'],
  healed: settled,
});
