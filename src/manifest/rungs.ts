import type {Level} from './rights.ts';

/** What each rung can tell and what it cannot, in words for `-h` and for who reads what they are about to apply. */
export const rungs: Readonly<Record<Level, {readonly may: string; readonly lost: string}>> = {
  api: {
    may: 'get and list objects (never Secrets), get logs, get the ConfigMaps of kube-system',
    lost: "the nodes' rules, routes and resolv.conf are not read, and nothing is tried: everything up to kube-proxy is judged, and the rest is “could not tell” (exit 3 unless something else is broken)",
  },
  exec: {
    may: 'also exec into the pods of kube-system, as root on their nodes where they are privileged',
    lost: "rules are read through kube-proxy's pods; nodes without one are “could not tell”, no DNS question is asked and no connection tried",
  },
  'debug-pods': {
    may: "also create, exec into and delete pods in kdiag's own namespace, which admits privileged ones: root on every node",
    lost: 'nothing that kdiag can tell',
  },
};
