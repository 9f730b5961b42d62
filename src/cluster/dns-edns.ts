import {Malformed, type WireRecord} from './dns-wire.ts';

/** What an OPT pseudo-record says (RFC 6891 §6.1.3). */
export interface Edns {
  /** The upper 8 of the 12 bits of an rcode. */
  readonly rcode: number;
  readonly version: number;
  readonly options: readonly {readonly code: number; readonly data: Buffer}[];
}

export const OPT = 41;

/** Throws Malformed: its owner is not the root, or its options do not fill its data. */
export function readOpt({name, ttl, data}: WireRecord): Edns {
  if (name.length > 0) throw new Malformed('its OPT record does not belong to the root');
  const bytes = Buffer.concat(data.map(part => ('octets' in part ? part.octets : Buffer.alloc(0))));
  const options: {code: number; data: Buffer}[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = at + 4 > bytes.length ? Infinity : bytes.readUInt16BE(at + 2);
    if (at + 4 + length > bytes.length) throw new Malformed('it ends inside an option of its OPT record');
    options.push({code: bytes.readUInt16BE(at), data: bytes.subarray(at + 4, at + 4 + length)});
    at += 4 + length;
  }
  return {rcode: ttl >>> 24, version: (ttl >>> 16) & 255, options};
}

/** IANA's DNS RCODEs; 16 is BADVERS here, as no TSIG is ever asked for. */
const rcodes: Readonly<Record<number, string>> = {
  0: 'NOERROR', 1: 'FORMERR', 2: 'SERVFAIL', 3: 'NXDOMAIN', 4: 'NOTIMP', 5: 'REFUSED', 6: 'YXDOMAIN', 7: 'YXRRSET', 8: 'NXRRSET', 9: 'NOTAUTH', 10: 'NOTZONE', 11: 'DSOTYPENI',
  16: 'BADVERS', 17: 'BADKEY', 18: 'BADTIME', 19: 'BADMODE', 20: 'BADNAME', 21: 'BADALG', 22: 'BADTRUNC', 23: 'BADCOOKIE',
};

export function rcodeName(rcode: number): string {
  return rcodes[rcode] ?? `RCODE${rcode}`;
}

/** IANA's Extended DNS Error Codes (RFC 8914 §4, and later ones). */
const errors: Readonly<Record<number, string>> = {
  0: 'Other', 1: 'Unsupported DNSKEY Algorithm', 2: 'Unsupported DS Digest Type', 3: 'Stale Answer', 4: 'Forged Answer', 5: 'DNSSEC Indeterminate', 6: 'DNSSEC Bogus',
  7: 'Signature Expired', 8: 'Signature Not Yet Valid', 9: 'DNSKEY Missing', 10: 'RRSIGs Missing', 11: 'No Zone Key Bit Set', 12: 'NSEC Missing', 13: 'Cached Error',
  14: 'Not Ready', 15: 'Blocked', 16: 'Censored', 17: 'Filtered', 18: 'Prohibited', 19: 'Stale NXDomain Answer', 20: 'Not Authoritative', 21: 'Not Supported',
  22: 'No Reachable Authority', 23: 'Network Error', 24: 'Invalid Data', 25: 'Signature Expired before Valid', 26: 'Too Early', 27: 'Unsupported NSEC3 Iterations Value',
  28: 'Unable to conform to policy', 29: 'Synthesized', 30: 'Invalid Query Type',
};

const EDE = 15;

/** `15: Blocked, by policy`; the text is UTF-8, and a NUL at its end is none of it (RFC 8914 §2). Throws Malformed: shorter than its code. */
export function extendedErrors({options}: Edns): string[] {
  return options.filter(({code}) => code === EDE).map(({data}) => {
    if (data.length < 2) throw new Malformed(`an extended error in it has ${data.length} octets, fewer than the 2 of its code`);
    const code = data.readUInt16BE();
    const text = data.toString('utf8', 2).replace(/\0$/, '');
    return `${code}: ${errors[code] ?? 'not known'}${text === '' ? '' : `, ${text}`}`;
  });
}

/** The same options without what may hold texts or addresses: of an extended error its code, of all others nothing. */
export function withoutTexts({options}: Edns): Buffer {
  return Buffer.concat(options.filter(({code, data}) => code === EDE && data.length >= 2).map(({data}) => Buffer.concat([Buffer.from([0, EDE, 0, 2]), data.subarray(0, 2)])));
}
