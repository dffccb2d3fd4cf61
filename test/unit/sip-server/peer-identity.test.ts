import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { identityProblem } from '../../../sip-server/transport/peer-identity';
import { Authority } from '../../support/certificates';

let authority: Authority;

beforeAll(() => {
  authority = new Authority();
});
afterAll(() => authority.remove());

function certificateFor(names: string[], commonName = 'common.example'): X509Certificate {
  return new X509Certificate(readFileSync(authority.issue('peer', { names, commonName }).certFile));
}

describe('the identity in a certificate', () => {
  it.each([
    [['DNS:sip.example'], 'sip.example', 'name'],
    [['DNS:other.example', 'DNS:sip.example'], 'SIP.example.', 'name'],
    [['URI:sip:sip.example', 'DNS:other.example'], 'sip.example', 'name'],
    [[], 'common.example', 'name'],
    [['IP:192.0.2.1'], '192.0.2.1', 'name'],
    [['IP:2001:db8::1'], '2001:db8::1', 'name'],
    [['DNS:*.carrier.example'], 'trunk.carrier.example', 'wildcard'],
    [['DNS:other.example'], 'sip.example', 'none'],
  ] as const)('%j names %s with verification by %s', (names, domain, verification) => {
    expect(identityProblem(certificateFor([...names]), domain, verification)).toBeUndefined();
  });

  it.each([
    [['DNS:other.example'], 'sip.example', 'name'],
    [['URI:sip:other.example', 'DNS:sip.example'], 'sip.example', 'name'],
    [['URI:sip:user@sip.example'], 'sip.example', 'name'],
    [['DNS:sip.example'], 'common.example', 'name'],
    [['DNS:192.0.2.1'], '192.0.2.1', 'name'],
    [['DNS:*.carrier.example'], 'trunk.carrier.example', 'name'],
    [['DNS:*.carrier.example'], 'carrier.example', 'wildcard'],
    [['DNS:*.carrier.example'], 'a.b.carrier.example', 'wildcard'],
  ] as const)('%j does not name %s with verification by %s', (names, domain, verification) => {
    const problem = identityProblem(certificateFor([...names]), domain, verification);
    expect(problem).toMatch(new RegExp(`^the certificate is for .+ and not for ${domain}$`));
  });
});
