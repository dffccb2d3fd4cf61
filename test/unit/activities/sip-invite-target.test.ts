import { expect, it } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { inviteTarget } from '../../../activities/sip/invite-target';
import type { PeerResponse, SentRequest, SipPort } from '../../../activities/sip/port';
import type { InviteTargetInput, InviteTargetResult } from '../../../contracts/activities-sip';
import type { CallId, EffectId } from '../../../contracts/ids';

const callId = 'abcdefghij234567' as CallId;

const terminated: PeerResponse = {
  kind: 'response',
  status: 487,
  reason: 'Request Terminated',
  body: '',
  toTag: 't',
  cseq: 1,
  header: () => undefined,
};

/** The target's INVITE has a 487 already: from the ledger, after the CANCEL of an attempt before this one, or from the peer itself. */
const port = {
  keepsEffects: true,
  host: '127.0.0.1',
  send: () =>
    Promise.resolve({ kind: 'sent', cseq: 1, next: () => Promise.resolve(terminated) } as Partial<SentRequest>),
} as unknown as SipPort;

function run(leftMs: number): Promise<InviteTargetResult> {
  const input: InviteTargetInput = {
    callId,
    effectId: `${callId}/invite-target/2` as EffectId,
    leg: { kind: 'target', attempt: 1 },
    trunk: 'trunk',
    to: 'sip:agent@peer',
    caller: { number: '1' },
    headers: [],
    offer: 'v=0\r\no=x 1 1 IN IP4 h\r\n',
    untilMs: Date.now() + leftMs,
  };
  return new MockActivityEnvironment({ currentAttemptScheduledTimestampMs: Date.now() }).run(() =>
    inviteTarget(port, input)
  );
}

it('takes the end of an INVITE that an attempt before it gave up at the same moment for no answer', async () => {
  await expect(run(500)).resolves.toEqual({ kind: 'no-answer' });
});

it('takes a 487 while there is time for the answer of the peer', async () => {
  await expect(run(30_000)).resolves.toMatchObject({ kind: 'refused', sipStatus: 487 });
});
