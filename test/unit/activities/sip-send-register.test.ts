import { describe, expect, it } from '@jest/globals';
import type { OutgoingRequest, PeerResponse, SipPort } from '../../../activities/sip/port';
import { sendRegister } from '../../../activities/sip/send-register';
import { trunkParameter } from '../../../activities/sip/trunk-contact';
import type { SendRegisterInput, SendRegisterResult } from '../../../contracts/activities-trunk';
import { registerEffectId } from '../../../contracts/ids';

const input: SendRegisterInput = {
  ...{ trunk: 'sales', login: '+4930111', domain: 'peer', target: 'sip:peer:5070', sipCallId: 'c', fromTag: 't' },
  ...{ cseq: 4, expiresS: 600, effectId: registerEffectId('c', 4) },
};

async function register(
  status: number,
  headers: Record<string, string>,
  more: Partial<SendRegisterInput> = {}
): Promise<{ sent: OutgoingRequest; result: SendRegisterResult }> {
  let sent: OutgoingRequest | undefined;
  const header = (name: string): string | undefined => headers[name];
  const answer: PeerResponse = { kind: 'response', status, reason: 'Phrase', body: '', toTag: 'x', cseq: 5, header };
  const port = {
    keepsEffects: true,
    send: (request: OutgoingRequest) => {
      sent = request;
      return Promise.resolve({ kind: 'sent', cseq: 5, uri: '', next: () => Promise.resolve(answer) });
    },
  } as unknown as SipPort;
  const result = await sendRegister(port, { ...input, ...more });
  return { sent: sent!, result };
}

describe('sendRegister', () => {
  it('registers the login with a Contact that names the trunk', async () => {
    const { sent, result } = await register(200, {}, { outboundProxy: 'sip:proxy;lr' });
    expect(sent).toEqual({
      method: 'REGISTER',
      uri: 'sip:peer:5070',
      proxy: 'sip:proxy;lr',
      trunk: 'sales',
      effectId: 'c/register/4',
      headers: {
        'Call-ID': 'c',
        CSeq: '4 REGISTER',
        From: '<sip:+4930111@peer>;tag=t',
        To: '<sip:+4930111@peer>',
        Contact: '<sip:+4930111@localhost;trunk=sales>;expires=600',
        Expires: '600',
      },
    });
    expect(result).toEqual({ sipStatus: 200, reasonPhrase: 'Phrase', cseq: 5, contacts: [], grantedS: 600 });
  });

  it.each([
    [
      'of our binding among others',
      { Contact: '<sip:a@h>;expires=9, "x, y" <sip:b@h;trunk=SALES>;q=1;expires=60' },
      60,
    ],
    ['of the whole response', { Contact: '<sip:b@h;trunk=sales>', Expires: '120' }, 120],
    ['of a Contact without brackets', { Contact: 'sip:a@h;expires=1,<sip:b@h;trunk=sales>;EXPIRES="70"' }, 70],
    [
      'of our binding, not of a trunk whose name begins like ours',
      { Contact: '<sip:b@h;trunk=sales2>;expires=5, <sip:b@h;trunk=sales>;expires=80' },
      80,
    ],
    [
      'of our binding, not of the older one of another node',
      { Contact: '<sip:b@h1;trunk=sales>;expires=5, <sip:b@h2;trunk=sales>;expires=90' },
      90,
    ],
    ['that was asked for', { Contact: '<sip:a@h>;expires=9' }, 600],
  ])('reads the time %s', async (_whose, headers, grantedS) => {
    expect((await register(200, headers)).result).toMatchObject({ grantedS });
  });

  it('writes a login as it may stand in a URI', async () => {
    const { headers } = (await register(200, {}, { login: '12#3/é' })).sent;
    expect(headers).toMatchObject({
      From: '<sip:12%233/%C3%A9@peer>;tag=t',
      To: '<sip:12%233/%C3%A9@peer>',
      Contact: '<sip:12%233/%C3%A9@localhost;trunk=sales>;expires=600',
    });
  });

  it('tells what a refusal says', async () => {
    expect((await register(423, { 'Min-Expires': '900' })).result).toMatchObject({ minExpiresS: 900 });
    expect((await register(503, { 'Retry-After': '30 (later)' })).result).toMatchObject({ retryAfterS: 30 });
    const { result } = await register(302, { Contact: '<sip:a@h>, <sip:b@h;x=1>;q=0.5' });
    expect(result.contacts).toEqual(['sip:a@h', 'sip:b@h;x=1']);
  });
});

describe('trunkParameter', () => {
  it.each([
    ['sip:1000@h:5060;trunk=sales', 'sales'],
    ['sip:1000@h;transport=tcp;TRUNK=a.b-c_d;x', 'a.b-c_d'],
    ['sip:1000@h?x=;trunk=sales', undefined],
    ['sip:1000@h', undefined],
  ])('of %s is %s', (uri, trunk) => {
    expect(trunkParameter(uri)).toBe(trunk);
  });
});
