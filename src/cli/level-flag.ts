import * as Flags from '@oclif/core/flags';
import {levels} from '../manifest/rights.ts';

export const levelFlag = Flags.option({options: levels, default: 'api' as const})({description: 'the rung: objects only; also exec into the pods of kube-system; also debug pods of its own'});
