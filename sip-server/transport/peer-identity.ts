import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

/**
 * Who a certificate has to name: the host that was dialled by RFC 5922, which knows no wildcards; the same with a wildcard for the first
 * label, as many carriers have it; nobody.
 */
export const verifications = ['name', 'wildcard', 'none'] as const;

export type Verification = (typeof verifications)[number];

/**
 * Why a certificate does not name the domain (RFC 5922 sections 7.1 and 7.2): the `sip` URIs of its subjectAltName count, else the DNS
 * names there, else the common name. An IP address must stand there as such.
 * @returns undefined when it does
 */
export function identityProblem(
  certificate: X509Certificate,
  domain: string,
  verification: Verification
): string | undefined {
  if (verification === 'none') return undefined;
  const names = identitiesOf(certificate);
  const isNamed =
    isIP(domain) === 0
      ? names.some((name) => isSameDomain(name, domain, verification === 'wildcard'))
      : certificate.checkIP(domain) !== undefined;
  return isNamed ? undefined : `the certificate is for ${names.join(', ') || 'nobody'} and not for ${domain}`;
}

/** Domains in lower case. A name that needs quotes in the listing is none that could match. */
function identitiesOf(certificate: X509Certificate): string[] {
  const names = (certificate.subjectAltName ?? '').split(', ').map((name) => name.toLowerCase());
  const ofKind = (kind: RegExp): string[] => names.flatMap((name) => kind.exec(name)?.[1] ?? []);
  const uris = ofKind(/^uri:sip:([^@;?:"]+)$/);
  if (uris.length > 0) return uris;
  const hosts = ofKind(/^dns:([^"]+)$/);
  if (hosts.length > 0) return hosts;
  return (/^CN=(.+)$/m.exec(certificate.subject)?.slice(1) ?? []).map((name) => name.toLowerCase());
}

function isSameDomain(name: string, domain: string, mayBeWildcard: boolean): boolean {
  const wanted = domain.toLowerCase().replace(/\.$/, '');
  if (!mayBeWildcard || !name.startsWith('*.')) return name === wanted;
  return name.slice(1) === wanted.slice(wanted.indexOf('.'));
}
