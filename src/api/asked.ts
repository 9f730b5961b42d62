import type {ClusterAsked} from './cluster-question.ts';

/** A place to look from, as on the command line: `node/NAME`, `pod/NAME`, `pod/NAMESPACE/NAME`. */
type From = {readonly from?: string};
/** Of what is named without one; by default the context's, of a recording `default`. */
type InNamespace = {readonly namespace?: string};

/** What the commands of the same names ask, with the values of their arguments and flags. */
export type Asked =
  | ({readonly command: 'svc'; /** `NAME` or `NAME:PORT`. */ readonly service: string; readonly trace?: boolean} & From & InNamespace)
  | ({readonly command: 'dns'; readonly name?: string; readonly type?: 'A' | 'AAAA' | 'SRV' | 'PTR' | 'CNAME'; readonly tries?: number} & From & InNamespace)
  | ({readonly command: 'apiserver-vip'} & From & InNamespace)
  | ({readonly command: 'check'} & ClusterAsked)
  | {readonly command: 'nodes'}
  | {readonly command: 'node'; readonly node: string}
  | ({readonly command: 'pod'; /** `NAME` or `NAMESPACE/NAME`. */ readonly pod: string} & InNamespace);
