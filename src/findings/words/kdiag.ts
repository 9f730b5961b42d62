import type {Words} from '../wording.ts';
import {list} from './phrases.ts';

type Own = 'permission-missing' | 'node-not-examined' | 'debug-pod-refused' | 'windows-node-not-examined';

export const kdiagWords: {readonly [C in Own]: Words<C>} = {
  'permission-missing': {
    title: 'kdiag lacked rights',
    level: 'warning',
    link: 'kdiag',
    message: ({lacked}) => `kdiag was not allowed to look at everything: ${list(lacked, 4)}`,
    remedy: () => ['# run kdiag as a user with these rights, or ask for them; see docs/permissions.md'],
  },
  'node-not-examined': {
    title: "A node's rules could not be read or followed",
    level: 'warning',
    link: 'kdiag',
    message: ({node, why}) => `The rules of ${node} could not be read or followed: ${why}`,
    remedy: ({node}) => [`kubectl describe node ${node}`],
  },
  'debug-pod-refused': {
    title: 'The cluster refuses debug pods',
    level: 'warning',
    link: 'kdiag',
    message: ({why}) => why,
    remedy: () => ['# run again with --via kube-proxy, with another --debug-namespace, or with --no-debug-pod'],
  },
  'windows-node-not-examined': {
    title: 'Windows nodes are not examined',
    level: 'info',
    link: 'kdiag',
    message: ({node}) => `${node} runs Windows: kdiag does not read its rules`,
    remedy: () => [],
  },
};
