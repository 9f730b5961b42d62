import {networkFaults} from './network-faults.ts';
import {replayEach} from './replay-each.ts';

replayEach('svc hostnames', 'network', networkFaults);
