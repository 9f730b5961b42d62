import {apiserverFaults} from './apiserver-faults.ts';
import {replayEach} from './replay-each.ts';

replayEach('apiserver-vip', 'apiserver', apiserverFaults);
