import { describe, expect, it } from '@jest/globals';
import { withOneChallenge } from '../../../sip-server/message/challenges';
import { SipHeaders } from '../../../sip-server/message/headers';
import type { SipResponse } from '../../../sip-server/message/message';

const sha = 'Digest realm="a, b", nonce="n1", algorithm=SHA-256, qop="auth"';
const md5 = 'Digest realm="a, b", nonce="n2", algorithm=MD5, qop="auth-int,auth"';

function response(status: number, ...challenges: string[]): SipResponse {
  const headers = SipHeaders.from(challenges.map((value) => ['WWW-Authenticate', value] as const));
  return { kind: 'response', status, reason: '', headers, body: Buffer.alloc(0) };
}

describe('several challenges', () => {
  it.each([
    ['lines', [sha, md5]],
    ['one line', [`${sha}, ${md5}`]],
    ['one line in the other order', [`${md5}, ${sha}`]],
  ])('in %s become the one with MD5 and qop auth', (_what, challenges) => {
    const { headers } = withOneChallenge(response(401, ...challenges));
    expect(headers.all('WWW-Authenticate')).toEqual(['Digest realm="a, b", nonce="n2", algorithm=MD5, qop="auth"']);
    expect(headers.all('X-WWW-Authenticate')).toEqual([challenges.join(', ')]);
  });

  it('without an algorithm have MD5', () => {
    const { headers } = withOneChallenge(response(407, sha, 'digest realm = "r", nonce="n"'));
    expect(headers.all('WWW-Authenticate')).toEqual(['digest realm = "r", nonce="n"']);
  });

  it('stay as they are when none has MD5 or it is no challenge', () => {
    expect(withOneChallenge(response(401, sha, 'Bearer x')).headers.all('WWW-Authenticate')).toEqual([sha, 'Bearer x']);
    expect(withOneChallenge(response(200, sha, md5)).headers.all('WWW-Authenticate')).toEqual([sha, md5]);
  });
});
