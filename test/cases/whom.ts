import type {Place} from '../../src/cluster/dns.ts';

/** `*` matches anything, as does what is absent. */
export const fits = (pattern: string | undefined, text: string): boolean => pattern === undefined || new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`, 'i').test(text);
/** `node1`, or `NAMESPACE/NAME` of a pod. */
export const textOf = ({node, pod}: Place): string => (pod === null ? node : `${pod.namespace}/${pod.name}`);
