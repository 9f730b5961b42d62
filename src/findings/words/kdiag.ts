import type {Words} from '../wording.ts';
import {list} from './phrases.ts';

type Own = 'permission-missing' | 'node-not-examined' | 'debug-pod-refused' | 'windows-node-not-examined' | 'suppression-unused';

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
  'suppression-unused': {
    title: 'An accepted finding was not found',
    level: 'info',
    link: 'kdiag',
    message: ({file, line, codes, subjects, expires, over, partial}) => `Nothing was found that line ${line} of ${file} accepts (${codes} on ${subjects}, ${over ? 'expired on' : 'until'} ${expires})${partial ? '; but not everything could be examined' : ''}`,
    remedy: ({file, line, partial}) => (partial ? [] : [`# if it is mended: take the entry in line ${line} out of ${file}`]),
  },
};
