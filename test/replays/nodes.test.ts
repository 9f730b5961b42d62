import {nodesFaults} from './nodes-faults.ts';
import {replayEach} from './replay-each.ts';

replayEach('nodes', 'nodes', nodesFaults);
