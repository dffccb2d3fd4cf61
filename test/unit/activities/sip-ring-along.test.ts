import { describe, expect, it } from '@jest/globals';
import type { Client } from '@temporalio/client';
import { ActivityCancellationDetails } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { eventually } from '../../support/eventually';
import { inviteBot } from '../../../activities/sip/ring-along';
import type { Awaited, OutgoingRequest, PeerResponse, SentRequest, SipPort } from '../../../activities/sip/port';
import type { InviteBotInput, InviteBotResult } from '../../../contracts/activities-sip';
import type { CallId, EffectId } from '../../../contracts/ids';

const callId = 'abcdefghij234567' as CallId;

const input = (over: Partial<InviteBotInput> = {}): InviteBotInput => ({
  callId,
  effectId: `${callId}/invite-bot/0` as EffectId,
  leg: { kind: 'bot', attempt: 0 },
  to: 'sip:bot@peer',
  caller: { number: '+49 30', displayName: 'Ada "A" \\' },
  callee: { number: '1000', host: 'us' },
  headers: [{ name: 'X-Call-ID', value: callId }],
  callerLeg: {
    name: { kind: 'caller', attempt: 0 },
    transactionId: 't',
    sipCallId: 'c',
    remoteTag: 'r',
    offer: 'v=0\r\no=x 1 1 IN IP4 h\r\n',
  },
  firstRingMs: 30,
  answerMs: 60,
  ...over,
});

const response = (status: number, body = ''): PeerResponse => ({
  kind: 'response',
  status,
  reason: 'Phrase',
  body,
  toTag: 'b',
  cseq: 1,
  header: () => undefined,
});

/** A port whose bot says what the script says, then nothing. */
class FakePort implements SipPort {
  keepsEffects = true;
  readonly host = '127.0.0.1';
  readonly address = '127.0.0.1:5060';
  readonly sent: OutgoingRequest[] = [];
  readonly progress: number[] = [];
  isCancelled = false;
  isAcknowledged = false;
  isCallerWaiting = true;

  constructor(
    private readonly script: Awaited[],
    private readonly afterCancel: Awaited[] = [response(487)]
  ) {}

  send(request: OutgoingRequest): Promise<SentRequest> {
    this.sent.push(request);
    return Promise.resolve({
      kind: 'sent',
      cseq: 1,
      uri: request.uri ?? '',
      next: (withinMs) => this.#next(withinMs),
      acknowledge: () => (this.isAcknowledged = true),
      cancel: () => (this.isCancelled = true),
    });
  }

  isWaiting(): Promise<boolean> {
    return Promise.resolve(this.isCallerWaiting);
  }

  relayProgress(_invite: object, { status }: { status: number }): void {
    this.progress.push(status);
  }

  cancelEffect(): Promise<boolean> {
    return Promise.resolve(true);
  }

  async #next(withinMs: number): Promise<Awaited> {
    const next = (this.isCancelled ? this.afterCancel : this.script).shift();
    if (next) return next;
    await new Promise((resolve) => setTimeout(resolve, Math.min(withinMs, 10)));
    return { kind: 'silent' };
  }
}

const run = (
  port: FakePort,
  over: Partial<InviteBotInput> = {},
  environment = new MockActivityEnvironment()
): Promise<InviteBotResult> =>
  environment.run<[SipPort, InviteBotInput], InviteBotResult, typeof inviteBot>(inviteBot, port, input(over));

describe('inviteBot', () => {
  it('cancels a bot that says nothing, and one that only rings', async () => {
    const silent = new FakePort([]);
    await expect(run(silent)).resolves.toEqual({ kind: 'no-answer' });
    expect(silent.isCancelled).toBe(true);
    const ringing = new FakePort([response(180)]);
    await expect(run(ringing)).resolves.toEqual({ kind: 'no-answer' });
    expect(ringing.progress).toEqual([180]);
    expect(ringing.isCancelled).toBe(true);
  });

  it.each([
    { why: { cancelRequested: true }, status: 'RUNNING', isCancelled: true, what: 'cancels where the call gives up' },
    {
      why: { notFound: true },
      status: 'RUNNING',
      isCancelled: false,
      what: 'rings on where another run has its place',
    },
    { why: { notFound: true }, status: 'TERMINATED', isCancelled: true, what: 'cancels where the call is over' },
    { why: { workerShutdown: true }, status: 'RUNNING', isCancelled: false, what: 'rings on where its worker stops' },
  ])('$what', async ({ why, status, isCancelled }) => {
    const client = {
      workflow: { getHandle: () => ({ describe: () => Promise.resolve({ status: { name: status } }) }) },
      withAbortSignal: (_: AbortSignal, act: () => unknown) => act(),
    };
    const environment = new MockActivityEnvironment({}, { client: client as unknown as Client });
    const port = new FakePort([response(180)]);
    const ringing = run(port, { answerMs: 60_000 }, environment);
    await eventually(() => port.progress.length > 0, 'it rings');
    environment.cancel('NOT_FOUND', new ActivityCancellationDetails(why));
    await expect(ringing).rejects.toThrow();
    expect(port.isCancelled).toBe(isCancelled);
  });

  it('ends an answer that crosses its CANCEL', async () => {
    const port = new FakePort([], [response(200, 'v=0\r\n')]);
    await run(port);
    expect(port.isAcknowledged).toBe(true);
    expect(port.sent.map(({ method }) => method)).toEqual(['INVITE', 'BYE']);
  });

  it('calls nobody for a caller who is gone', async () => {
    const port = new FakePort([]);
    port.isCallerWaiting = false;
    await expect(run(port)).resolves.toEqual({ kind: 'caller-gone' });
    expect(port.sent).toEqual([]);
  });

  it('leaves the ACK of an offer of the bot to the caller’s answer', async () => {
    const port = new FakePort([response(200, 'v=0\r\no=b 1 1 IN IP4 h\r\n')]);
    const result = await run(port, { callerLeg: { ...input().callerLeg, offer: '' } });
    expect(result).toMatchObject({ kind: 'answered', awaitsAnswer: true });
    expect(port.isAcknowledged).toBe(false);
    expect(port.sent[0]?.body).toBe('');
  });

  it('asks to be run again when the connection is lost where repeats are safe, and never elsewhere', async () => {
    const port = new FakePort([{ kind: 'lost' }]);
    await expect(run(port)).rejects.toMatchObject({ type: 'AnswerLost', nonRetryable: false });
    const stock = new FakePort([{ kind: 'lost' }]);
    stock.keepsEffects = false;
    await expect(run(stock)).rejects.toMatchObject({ type: 'TransferOutcomeUnknown', nonRetryable: true });
  });

  it('writes names and numbers so that they cannot break out of the From header', async () => {
    const port = new FakePort([response(486)]);
    await run(port);
    expect(port.sent[0]?.headers?.['From']).toBe(`"Ada \\"A\\" \\\\" <sip:+49%2030@localhost>;tag=${callId}-bot-0`);
  });
});
