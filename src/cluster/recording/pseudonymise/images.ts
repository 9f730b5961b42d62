import type {SecretKey} from './secret-key.ts';

/** Programs of clusters themselves: kdiag knows them by the last part of their image's name, which stays. */
const components = /^(kube-[a-z-]+|coredns|etcd|pause|cilium|cilium-agent|calico-[a-z-]+|flannel|kube-router|flanneld|node-local-dns|node-cache|k8s-dns-node-cache|kindnetd|metallb|controller|speaker|antrea-[a-z-]+|multus-cni|hyperkube)$/;
/** Registries that are nobody's in particular. Docker's own is meant by a first part without a dot. */
const publicRegistry = /^(registry\.k8s\.io|k8s\.gcr\.io|gcr\.io|docker\.io|quay\.io|ghcr\.io|public\.ecr\.aws|mcr\.microsoft\.com|[^./:]+)(\/|$)/;
const shape = /^(?:(.*)\/)?([^/:@]+)(:[^@]*)?(@.*)?$/;

/** Pseudonyms of image references: of the repository, and of a tag that is no version; digests by the key. */
export class Images {
  readonly #key: SecretKey;

  constructor(key: SecretKey) {
    this.#key = key;
  }

  /** `registry.corp.example/shop/cart:1.2` → `img-…:1.2`; images of kube-system and Kubernetes' own registry keep their names, but for a private registry's. */
  of(image: string, isSystem: boolean): string {
    const [whole, path = '', name = '', tag = '', digest = ''] = shape.exec(image) ?? [];
    if (whole === undefined) return `img-${this.#key.short(`image ${image}`)}`;
    if (path === 'registry.k8s.io' || path.startsWith('registry.k8s.io/') || (isSystem && (path === '' || publicRegistry.test(path)))) return image;
    const hidden = `img-${this.#key.short(`image ${path}/${name}`)}`;
    const repository = components.test(name) ? name : isSystem ? `${hidden}/${name}` : hidden;
    return `${repository}${this.#tag(tag)}${digest === '' ? '' : `@sha256:${this.#key.hex(digest)}`}`;
  }

  #tag(tag: string): string {
    return tag === '' || /^:(latest|stable|main|master|v?\d+(\.\d+){0,3}([-+.](alpine|slim|debian|rc|alpha|beta|\d+)[.\d]*)*)$/.test(tag) ? tag : `:${this.#key.short(`tag ${tag}`)}`;
  }
}
