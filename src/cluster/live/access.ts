/** Everything needed to talk to one API server as one user: what a kubeconfig context, or a pod's service account, comes down to. */
export interface Access {
  /** The context's name, or `in-cluster`. */
  readonly context: string;
  /** Where kubectl would look without `-n`. */
  readonly namespace: string;
  /** http: or https:, perhaps with a path (Rancher and other gateways). */
  readonly server: URL;
  /** PEM; absent: the certificate authorities that Node and the operating system trust. */
  readonly ca?: Buffer;
  readonly insecure: boolean;
  readonly tlsServerName?: string;
  /** The kubeconfig's own `proxy-url`; it wins over the environment. */
  readonly proxyUrl?: URL;
  readonly user: User;
}

export interface User {
  readonly name: string;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly token?: string;
  /** Read again for each request: Kubernetes rotates it. */
  readonly tokenFile?: string;
  readonly username?: string;
  readonly password?: string;
  readonly plugin?: Plugin;
  /** The retired `auth-provider` stanza (OIDC), as it stands in the file. */
  readonly authProvider?: Readonly<Record<string, unknown>>;
  readonly impersonate?: Impersonation;
}

/** `kubectl --as`: https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/ */
export interface Impersonation {
  readonly user: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** A credential plugin: a program that prints an ExecCredential (KEP-541). */
export interface Plugin {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly installHint: string;
  readonly interactiveMode: string;
  /** What KUBERNETES_EXEC_INFO tells of the cluster; only with `provideClusterInfo`. */
  readonly cluster?: Readonly<Record<string, unknown>>;
}
