import { describe, expect, it, jest } from '@jest/globals';
import { SipHeaders } from '../../../sip-server/message/headers';
import { SentRequest } from '../../../sip-server/dialog/sent-request';
import type { PastRequest } from '../../../sip-server/effects/past-request';
import { responseTo } from '../../../sip-server/message/respond';
import { EffectLedger } from '../../../sip-server/effects/ledger';

const sent = new SentRequest(
  'txn',
  { kind: 'request', method: 'REFER', uri: 'sip:a@b', headers: new SipHeaders(), body: Buffer.alloc(0) },
  { bytes: 0, protocol: 'udp', address: '127.0.0.1', port: 5060, time: '' },
  undefined,
  'e1'
);

function ledgerAt(): { ledger: EffectLedger; clock: { now: number } } {
  const clock = { now: 0 };
  return { ledger: new EffectLedger({ keepAfterEndMs: 35, keepAtLeastMs: 300 }, () => clock.now), clock };
}

const waiter = (): { onSent: jest.Mock; onPast: jest.Mock<(past: PastRequest) => void>; onRefused: jest.Mock } => ({
  onSent: jest.fn(),
  onPast: jest.fn(),
  onRefused: jest.fn(),
});

function answered(): SentRequest {
  const { request, trail } = sent;
  const refer = new SentRequest('txn', request, trail, undefined, 'e1');
  refer.responses.push({ response: responseTo(request, 202, ''), trail });
  return refer;
}

describe('the ledger of effects', () => {
  it('lets the first claim send and gives later ones what was sent', () => {
    const { ledger } = ledgerAt();
    const [first, during, later] = [waiter(), waiter(), waiter()];
    expect(ledger.claim('e1', first)).toBe(true);
    expect(ledger.claim('e1', during)).toBe(false);
    expect(during.onSent).not.toHaveBeenCalled();
    ledger.recordSent('e1', sent);
    expect(ledger.claim('e1', later)).toBe(false);
    expect(during.onSent).toHaveBeenCalledWith(sent);
    expect(later.onSent).toHaveBeenCalledWith(sent);
    expect(first.onSent).not.toHaveBeenCalled();
  });

  it('forgets an effect that was refused before it was sent', () => {
    const { ledger } = ledgerAt();
    const during = waiter();
    ledger.claim('e1', waiter());
    ledger.claim('e1', during);
    ledger.recordRefused('e1', 'no dialog');
    expect(during.onRefused).toHaveBeenCalledWith('no dialog');
    expect(ledger.claim('e1', waiter())).toBe(true);
  });

  it('keeps only the messages of an effect that is over', () => {
    const { ledger } = ledgerAt();
    const refer = answered();
    ledger.claim('e1', waiter());
    ledger.recordSent('e1', refer);
    ledger.recordEnd('e1');
    refer.isFinal = true;
    ledger.sweep();
    const later = waiter();
    expect(ledger.claim('e1', later)).toBe(false);
    expect(later.onSent).not.toHaveBeenCalled();
    const [[past] = []] = later.onPast.mock.calls;
    expect(past?.sent.sip.toString()).toMatch(/^REFER sip:a@b SIP\/2\.0\r\n/);
    expect(past?.responses.map(({ sip }) => sip.toString().split('\r\n')[0])).toEqual(['SIP/2.0 202 Accepted']);
    expect(ledger.sentUnder('e1')).toBeUndefined();
  });

  it('keeps a request whose final response may come after the end of its dialog', () => {
    const { ledger } = ledgerAt();
    const refer = answered();
    ledger.claim('e1', waiter());
    ledger.recordSent('e1', refer);
    ledger.recordEnd('e1');
    ledger.sweep();
    expect(ledger.sentUnder('e1')).toBe(refer);
  });

  it.each([
    ['open', undefined, 10_000, 1],
    ['ended but young', 1, 299, 1],
    ['old but just ended', 290, 310, 1],
    ['old and over', 270, 310, 0],
  ])('keeps a record that is %s or not', (_what, endedAt, now, size) => {
    const { ledger, clock } = ledgerAt();
    ledger.claim('e1', waiter());
    ledger.recordSent('e1', sent);
    clock.now = endedAt ?? 0;
    if (endedAt !== undefined) ledger.recordEnd('e1');
    clock.now = now;
    ledger.sweep();
    expect(ledger.size).toBe(size);
  });
});
