import {dnsFaults} from './dns-faults.ts';
import {replayEach} from './replay-each.ts';

replayEach('dns', 'dns', dnsFaults);
