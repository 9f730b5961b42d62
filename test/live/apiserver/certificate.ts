import {onNode, tryOnNode, until} from '../rig.ts';

const pki = '/etc/kubernetes/pki';
const own = ['DNS:cp', 'DNS:localhost', 'IP:172.30.0.10', 'IP:127.0.0.1'];
export const vipName = 'IP:10.96.0.1';
export const serviceNames = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local'].map(name => `DNS:${name}`);

/** Another certificate of the API server, of the cluster's CA, or of a new one that has its name: it reads the files again by itself (kube-apiserver's dynamic certificates). */
export async function serveCertificate(names: readonly string[], {end, newCa = false}: {readonly end?: string; readonly newCa?: boolean} = {}): Promise<void> {
  const lifetime = end === undefined ? '' : `-startdate 20240101000000Z -enddate ${end}`;
  await onNode('cp', `cd ${pki}; [ -e apiserver.crt.kept ] || cp -p apiserver.crt apiserver.crt.kept
    w=$(mktemp -d); touch $w/index; echo 01 > $w/serial
    printf '[ca]\\ndefault_ca=d\\n[d]\\ndatabase=%s/index\\nserial=%s/serial\\nnew_certs_dir=%s\\ndefault_md=sha256\\ndefault_days=7\\npolicy=p\\nx509_extensions=x\\nunique_subject=no\\n[p]\\ncommonName=supplied\\n[x]\\nextendedKeyUsage=serverAuth,clientAuth\\nauthorityKeyIdentifier=keyid\\nsubjectAltName=${[...own, ...names].join()}\\n' $w $w $w > $w/conf
    openssl req -new -key apiserver.key -subj /CN=kube-apiserver -out $w/csr 2>/dev/null
    ${newCa ? 'openssl req -x509 -newkey rsa:2048 -nodes -days 7 -subj /CN=kubernetes -keyout $w/ca.key -out $w/ca.crt 2>/dev/null' : 'cp ca.crt ca.key $w/'}
    openssl ca -batch -notext -config $w/conf -cert $w/ca.crt -keyfile $w/ca.key ${lifetime} -in $w/csr -out $w/crt 2>$w/err || { cat $w/err; exit 1; }
    cat $w/crt > apiserver.crt; rm -r $w`);
  await served();
}

export async function restoreCertificate(): Promise<void> {
  await onNode('cp', `cd ${pki}; [ ! -e apiserver.crt.kept ] || { cat apiserver.crt.kept > apiserver.crt; rm apiserver.crt.kept; }`);
  await served();
}

/** It looks for changes at once, and once a minute. */
async function served(): Promise<void> {
  await until('the API server to show its new certificate', 90, async () => {
    const {stdout} = await tryOnNode('cp', `a=$(openssl x509 -noout -fingerprint -in ${pki}/apiserver.crt); b=$(openssl s_client -connect 172.30.0.10:6443 </dev/null 2>/dev/null | openssl x509 -noout -fingerprint); [ -n "$b" ] && [ "$a" = "$b" ] && echo same`);
    return stdout.trim() === 'same' ? true : null;
  });
}
