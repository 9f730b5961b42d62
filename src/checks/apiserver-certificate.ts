import {isKnown} from '../cluster/answer.ts';
import {evidence} from '../findings/finding.ts';
import {type ApiCertificate, targetText, triesOf} from '../model/apiserver/questions.ts';
import {clusterIPs} from '../model/endpoints.ts';
import {apiserverSubject} from './apiserver-cells.ts';
import {check, type Found} from './check.ts';

/** Names that every client in a pod may use (RFC 6125; kubeadm's certs phase puts them in). */
const names = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc'];

export default check({
  id: 'apiserver-certificate',
  link: 'API server',
  question: "Its certificate holds the Service's address and name, is valid, and of the CA that pods trust",
  needs: ['service', 'apiAnswers', 'now'],
  hopes: ['clusterCa'],
  can: ['apiserver-certificate-lacks-vip'],
  run: ({service, apiAnswers, now, clusterCa}) => {
    if (service === null) return {skipped: 'the Service does not exist'};
    const seen = new Map<string, {certificate: ApiCertificate; chain: readonly ApiCertificate[]; servers: Set<string>}>();
    for (const cell of apiAnswers) {
      for (const {tls} of triesOf([cell])) {
        const [certificate] = tls?.chain ?? [];
        if (certificate === undefined) continue;
        const entry = seen.get(certificate.sha256) ?? {certificate, chain: tls?.chain ?? [], servers: new Set<string>()};
        seen.set(certificate.sha256, entry);
        entry.servers.add(targetText(cell.target));
      }
    }
    if (seen.size === 0) return {skipped: 'no certificate was seen (no answer, or a server that shows it in TLS 1.3 only)'};
    const [vip = ''] = clusterIPs(service);
    const findings = [...seen.values()].flatMap(({certificate, chain, servers}): Found<'apiserver-certificate-lacks-vip'>[] => {
      const {sans, notBefore, notAfter, subject, issuer} = certificate;
      const has = [...sans.dns, ...sans.ip].sort();
      const missing = [...clusterIPs(service).filter(ip => !sans.ip.includes(ip)), ...names.filter(name => !sans.dns.includes(name))];
      const reason = Date.parse(notAfter) < now.getTime() ? 'expired' as const : Date.parse(notBefore) > now.getTime() ? 'not-yet-valid' as const : missing.some(each => /[.:]\d|:/.test(each)) ? 'address' as const : missing.length > 0 ? 'name' as const : isKnown(clusterCa) && !isTrusted(chain, clusterCa.known) ? 'issuer' as const : null;
      if (reason === null) return [];
      return [{code: 'apiserver-certificate-lacks-vip', subject: apiserverSubject, args: {reason, issuer, address: vip, missing, has, notAfter, servers: [...servers].sort()}, evidence: [evidence('probe', `TLS of ${[...servers].sort().join(', ')}`, `subject ${subject}; issuer ${issuer}; valid ${notBefore} to ${notAfter}; names ${has.join(' ')}`)]}];
    });
    const trust = isKnown(clusterCa) ? '' : `; whether it is of the CA that pods trust is not known: ${clusterCa.unknown.detail}`;
    return {findings: findings.slice(0, 1), note: [...seen.values()].map(({certificate}) => `valid until ${certificate.notAfter}`).join(', ') + trust};
  },
});

/**
 * Whether a certificate that the server sent was issued by one that is trusted, or is one: by name and, where both have them, key identifiers
 * (RFC 5280 §6.1, §4.2.1.1). Signatures are not verified: this is about a CA that was made anew, not about an attack.
 */
function isTrusted(chain: readonly ApiCertificate[], trusted: readonly ApiCertificate[]): boolean {
  return chain.some(({sha256, issuer, issuerKeyId}) => trusted.some(ca => ca.sha256 === sha256 || (ca.subject === issuer && (issuerKeyId === null || ca.keyId === null || issuerKeyId === ca.keyId))));
}
