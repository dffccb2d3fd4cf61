import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { strongestChallenge } from '../../../activities/sip/digest/challenges';
import { authorization } from '../../../activities/sip/digest/credentials';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

describe('strongestChallenge', () => {
  const sha = 'Digest realm="a, b", qop="auth,auth-int", nonce="n1", algorithm=SHA-256, opaque="o"';
  const weak = 'Digest realm="other", nonce="n2", algorithm=MD5, qop="auth", stale=true';

  it.each([
    ['joined', `${weak}, ${sha}`],
    ['joined the other way round', `${sha}, ${weak}`],
    ['beside schemes that we do not know', `Bearer realm="x", ${weak},${sha}, Basic realm="y"`],
  ])('finds the strongest of challenges %s, its parameters unmixed', (_how, header) => {
    const found = { realm: 'a, b', nonce: 'n1', opaque: 'o', algorithm: 'SHA-256', qop: 'auth', isStale: false };
    expect(strongestChallenge(header)).toEqual(found);
  });

  it('takes MD5 when nothing is named, and the older form without qop', () => {
    const found = { realm: 'r "1"', nonce: 'n', algorithm: 'MD5', isStale: false };
    expect(strongestChallenge('DIGEST realm = "r \\"1\\"" , nonce=n')).toEqual(found);
    expect(strongestChallenge(weak)).toMatchObject({ nonce: 'n2', isStale: true });
  });

  it('takes auth-int when nothing else is offered', () => {
    expect(strongestChallenge('Digest realm="r", nonce="n", qop="auth-int"')).toMatchObject({ qop: 'auth-int' });
  });

  it.each([
    '',
    'Basic realm="r"',
    'Digest realm="r", nonce="n", algorithm=MD5-sess',
    'Digest realm="r", nonce="n", qop="other"',
    'Digest realm="r"',
    'Digest',
    'realm="r", nonce="n"',
  ])('leaves alone what it cannot answer: %s', (header) => {
    expect(strongestChallenge(header)).toBeUndefined();
  });
});

describe('authorization', () => {
  // RFC 7616 section 3.9.1
  const mufasa = { user: 'Mufasa', password: 'Circle of Life' };
  const request = { method: 'GET', uri: '/dir/index.html', body: '' };
  const nonce = { nonceCount: 1, cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ' };
  const challenge = {
    realm: 'http-auth@example.org',
    nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
    opaque: 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS',
    qop: 'auth',
    isStale: false,
  } as const;

  it.each([
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ] as const)('answers with %s as RFC 7616 does', (algorithm, response) => {
    expect(authorization({ ...challenge, algorithm }, mufasa, request, nonce)).toBe(
      `Digest username="Mufasa", realm="${challenge.realm}", nonce="${challenge.nonce}", uri="/dir/index.html", ` +
        `response="${response}", algorithm=${algorithm}, opaque="${challenge.opaque}", qop=auth, nc=00000001, ` +
        `cnonce="${nonce.cnonce}"`
    );
  });

  it('answers the form without qop', () => {
    const old = { realm: 'testrealm@host.com', nonce: 'n', algorithm: 'MD5', isStale: false } as const;
    const text = authorization(old, mufasa, request, nonce);
    const expected = md5(`${md5(`Mufasa:testrealm@host.com:Circle of Life`)}:n:${md5('GET:/dir/index.html')}`);
    expect(text).toContain(`response="${expected}"`);
    expect(text).not.toMatch(/nc=|cnonce|qop/);
  });

  it('covers the body with auth-int, and quotes what needs it', () => {
    const asked = { realm: 'r"', nonce: 'n', algorithm: 'MD5', qop: 'auth-int', isStale: false } as const;
    const invite = { method: 'INVITE', uri: 'sip:a@b', body: 'v=0\r\n' };
    const proof = [
      md5('Mufasa:r":Circle of Life'),
      'n',
      '0000000b',
      nonce.cnonce,
      'auth-int',
      md5(`INVITE:sip:a@b:${md5('v=0\r\n')}`),
    ];
    const text = authorization(asked, mufasa, invite, { ...nonce, nonceCount: 11 });
    expect(text).toContain(`response="${md5(proof.join(':'))}"`);
    expect(text).toContain('realm="r\\""');
    expect(text).toContain('nc=0000000b');
  });
});
