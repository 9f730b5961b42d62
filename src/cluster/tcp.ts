import type {Answer} from './answer.ts';

/** A question to a TCP port, asked some times: whether it takes a connection, and what it says then. */
export interface TcpAsk {
  /** IPv4 or IPv6, without a zone. */
  readonly address: string;
  readonly port: number;
  /** How often; each try has a socket, and so a source port, of its own. */
  readonly tries: number;
  /** Milliseconds for each try, from the first SYN to the end of the answer. */
  readonly timeoutMs: number;
  readonly what: TcpWhat;
}

export type TcpWhat = TcpConnect | TcpHttp | TcpTls;

/** A connection, and nothing else. */
export interface TcpConnect {
  readonly kind: 'connect';
  /** Bytes (zeros, at most 60,000) to send then; they must be acknowledged. They show whether full-size packets arrive. 0: nothing is sent. */
  readonly payload: number;
}

/** `GET PATH`, without TLS (RFC 9112). */
export interface TcpHttp {
  readonly kind: 'http';
  /** Host header. */
  readonly host: string;
  readonly path: string;
  /** Bytes of the answer that are read, its head included; no more than 8 MiB. Metrics of kube-proxy are some 100 KB. */
  readonly most: number;
}

/** A TLS 1.2 handshake up to ServerHelloDone, which shows the certificates in clear text. */
export interface TcpTls {
  readonly kind: 'tls';
  /** RFC 6066 §3; null: no name is sent, as clients do that were given an address. */
  readonly serverName: string | null;
}

/** What came of one try. The kind of failure is kept: they have different causes. */
export interface TcpTry {
  /**
   * `connected` and `answered` are the good ones, of `connect` and of the two others. `malformed`: something else than HTTP, or TLS, came.
   * `refused` to `host-unreachable` name the failure; when `connectMicros` is not null, it came after the connection stood.
   */
  readonly outcome: 'connected' | 'answered' | 'malformed' | 'timed-out' | 'refused' | 'reset' | 'closed' | 'no-route' | 'host-unreachable' | 'not-sent';
  /** `ECONNREFUSED`, or why something is malformed, has no certificate, or was not sent; null: nothing more to say. */
  readonly detail: string | null;
  /** Microseconds until the connection stood (SYN, SYN-ACK); null: it never did. */
  readonly connectMicros: number | null;
  /** Microseconds until the answer was whole, or the failure. */
  readonly micros: number;
  /** The ICMP error behind the failure, as far as the kernel tells it (Linux ≥ 5.11), and its sender; ICMPv6 when that is IPv6. */
  readonly icmp: {readonly type: number; readonly code: number; readonly from: string | null} | null;
  /** What was understood, also of an answer that was cut short. */
  readonly http: HttpAnswer | null;
  readonly tls: TlsAnswer | null;
}

export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string | null;
  /** Without its transfer coding; not UTF-8 becomes U+FFFD. */
  readonly body: string;
  /** The body is not whole. */
  readonly truncated: boolean;
}

export interface TlsAnswer {
  /** What the server chose, such as `TLS 1.2`; null: it chose none. */
  readonly version: string | null;
  /** As the server sends them: its own certificate first. */
  readonly chain: readonly TlsCertificate[];
  /** How it refused: `protocol_version (70)`. RFC 5246 §7.2. */
  readonly alert: string | null;
}

/** RFC 5280. */
export interface TlsCertificate {
  /** `O=kubeadm, CN=kubernetes`: the order that the certificate has. */
  readonly subject: string;
  readonly issuer: string;
  /** Subject alternative names; addresses in canonical form. Other kinds (URIs, mail) are left out. */
  readonly sans: {readonly dns: readonly string[]; readonly ip: readonly string[]};
  /** RFC 3339. */
  readonly notBefore: string;
  readonly notAfter: string;
  /** Of the whole certificate (DER), hexadecimal. */
  readonly sha256: string;
  /** Issued by itself, and the signature proves it. */
  readonly selfSigned: boolean;
  /** Subject and authority key identifiers, hexadecimal: whose key is whose, where names are alike. Null: it has none. */
  readonly keyId: string | null;
  readonly issuerKeyId: string | null;
}

/** Of one TcpAsk. */
export interface TcpAsked {
  readonly ask: TcpAsk;
  /** How it was sent, for evidence: `kdiag's probe in a debug pod on node1`. */
  readonly via: string;
  readonly tries: readonly TcpTry[];
}

/** Each ask has its own answer: a recording may hold some of them. In the order of the asks. */
export type TcpAnswers = readonly Answer<TcpAsked>[];
