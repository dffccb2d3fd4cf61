import { describe, expect, it } from '@jest/globals';
import { AuthenticatingPort } from '../../../activities/sip/digest/authenticating-port';
import type { OutgoingRequest, PeerResponse, Sending, SentRequest, SipPort } from '../../../activities/sip/port';
import type { CallId, EffectId } from '../../../contracts/ids';

const callId = 'abcdefghij234567' as CallId;
const effect = `${callId}/invite-target/0` as EffectId;

const response = (status: number, headers: Record<string, string> = {}): PeerResponse => ({
  kind: 'response',
  status,
  reason: 'Phrase',
  body: '',
  toTag: 't',
  cseq: 1,
  header: (name) => headers[name],
});

const challenge = (nonce: string, more = ''): string => `Digest realm="r", nonce="${nonce}", qop="auth"${more}`;
const unauthorized = (value: string): PeerResponse => response(401, { 'WWW-Authenticate': value });

/** A peer that answers the requests in turn, and keeps what it was sent. */
class ScriptedPort implements SipPort {
  readonly keepsEffects = true;
  readonly host = '127.0.0.1';
  readonly address = '127.0.0.1:5060';
  readonly sent: OutgoingRequest[] = [];
  readonly cancelled: string[] = [];
  pending: string | undefined;

  constructor(private readonly script: (PeerResponse | Exclude<Sending, SentRequest>)[]) {}

  send(request: OutgoingRequest): Promise<Sending> {
    this.sent.push(request);
    const answer = this.script.shift() ?? response(500);
    if (answer.kind !== 'response') return Promise.resolve(answer);
    return Promise.resolve({
      kind: 'sent',
      cseq: 10 + this.sent.length,
      uri: 'sip:as-sent@peer',
      next: () => Promise.resolve(answer),
      acknowledge: () => undefined,
      cancel: () => undefined,
    });
  }

  isWaiting = (): Promise<boolean> => Promise.resolve(true);
  relayProgress = (): void => undefined;
  cancelEffect(id: EffectId): Promise<boolean> {
    this.cancelled.push(id);
    return Promise.resolve(id === this.pending);
  }
}

const invite: OutgoingRequest = {
  method: 'INVITE',
  uri: 'sip:a@peer',
  effectId: effect,
  trunk: 'sales',
  headers: { To: '<sip:a@peer>' },
};

async function answerTo(
  script: ConstructorParameters<typeof ScriptedPort>[0],
  request = invite
): Promise<{ status: number | string; sent: OutgoingRequest[] }> {
  const peer = new ScriptedPort(script);
  const sending = await new AuthenticatingPort(peer, () => ({ user: 'sales', password: 'secret' })).send(request);
  const answer = sending.kind === 'sent' ? await sending.next(100) : sending;
  return { status: answer.kind === 'response' ? answer.status : answer.kind, sent: peer.sent };
}

describe('AuthenticatingPort', () => {
  it('answers a challenge with the next CSeq, an effect of its own and the request-URI that was sent', async () => {
    const { status, sent } = await answerTo([unauthorized(challenge('n1')), response(200)]);
    expect(status).toBe(200);
    expect(sent).toHaveLength(2);
    expect(sent[1]).toMatchObject({ uri: 'sip:a@peer', effectId: `${effect}/auth1` });
    expect(sent[1]!.headers).toMatchObject({
      To: '<sip:a@peer>',
      CSeq: '12 INVITE',
      Authorization: expect.stringMatching(/^Digest username="sales", .*uri="sip:as-sent@peer".*nc=00000001/),
    });
  });

  it('leaves CSeq to the SIP server inside a dialog', async () => {
    const refer: OutgoingRequest = { method: 'REFER', dialogId: 'd', trunk: 'sales' };
    const { sent } = await answerTo([unauthorized(challenge('n1')), response(202)], refer);
    expect(Object.keys(sent[1]!.headers ?? {})).toEqual(['Authorization']);
    expect(sent[1]).toMatchObject({ dialogId: 'd' });
  });

  it('answers a proxy and the server behind it, each in its header', async () => {
    const proxy = response(407, { 'Proxy-Authenticate': challenge('p') });
    const { status, sent } = await answerTo([proxy, unauthorized(challenge('n1')), response(200)]);
    expect(status).toBe(200);
    expect(sent[2]!.headers).toMatchObject({
      'Proxy-Authorization': expect.stringContaining('nonce="p"'),
      Authorization: expect.stringContaining('nonce="n1"'),
      CSeq: '13 INVITE',
    });
    expect(sent[2]!.headers!['Proxy-Authorization']).toContain('nc=00000002');
  });

  it('takes the strongest of all challenges, of which the SIP server shows one to others', async () => {
    const all = `${challenge('weak')}, ${challenge('strong', ', algorithm=SHA-256')}`;
    const shown = response(401, { 'WWW-Authenticate': challenge('weak'), 'X-WWW-Authenticate': all });
    const { sent } = await answerTo([shown, response(200)]);
    expect(sent[1]!.headers!['Authorization']).toContain('nonce="strong"');
  });

  it.each([
    ['the same nonce again', [challenge('n1'), challenge('n1', ', stale=true')], 2],
    ['another nonce that is not stale', [challenge('n1'), challenge('n2')], 2],
    ['stale nonces for ever', ['1', '2', '3', '4', '5', '6'].map((n) => challenge(n, ', stale=true')), 5],
    ['a challenge of another kind', ['Basic realm="r"'], 1],
  ])('gives up at %s', async (_what, challenges, requests) => {
    const { status, sent } = await answerTo(challenges.map(unauthorized));
    expect(status).toBe(401);
    expect(sent).toHaveLength(requests);
  });

  it('tries again when its nonce was stale', async () => {
    const { status } = await answerTo([
      unauthorized(challenge('n1')),
      unauthorized(challenge('n2', ', stale=true')),
      response(200),
    ]);
    expect(status).toBe(200);
  });

  it('passes the challenge on without a password, and outside of trunks', async () => {
    const { trunk: _, ...trunkless } = invite;
    const peer = new ScriptedPort([unauthorized(challenge('n1')), unauthorized(challenge('n2'))]);
    const passwordless = await new AuthenticatingPort(peer, () => undefined).send(invite);
    const outside = await new AuthenticatingPort(peer, () => ({ user: 'u', password: 'p' })).send(trunkless);
    for (const sending of [passwordless, outside])
      expect(sending.kind === 'sent' && (await sending.next(100))).toMatchObject({ status: 401 });
    expect(peer.sent).toHaveLength(2);
  });

  it('is lost when it is not known whether the answer left, and shows the challenge when it did not', async () => {
    expect((await answerTo([unauthorized(challenge('n1')), { kind: 'unsaid' }])).status).toBe('lost');
    const gone = { kind: 'not-sent', reason: 'gone' } as const;
    expect((await answerTo([unauthorized(challenge('n1')), gone])).status).toBe(401);
  });

  it('cancels whichever of the requests is pending', async () => {
    const peer = new ScriptedPort([]);
    peer.pending = `${effect}/auth1`;
    expect(await new AuthenticatingPort(peer, () => undefined).cancelEffect(effect)).toBe(true);
    expect(peer.cancelled).toEqual([effect, `${effect}/auth1`]);
  });
});
