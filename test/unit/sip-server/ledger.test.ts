import { describe, expect, it, jest } from '@jest/globals';
import { SipHeaders } from '../../../sip-server/message/headers';
import { SentRequest } from '../../../sip-server/dialog/sent-request';
import type { PastRequest } from '../../../sip-server/effects/past-request';
import { responseTo } from '../../../sip-server/message/respond';
import { Journal } from '../../../sip-server/store/journal';
import { MemoryStore } from '../../../sip-server/store/memory-store';
import { pino } from 'pino';
import { EffectLedger } from '../../../sip-server/effects/ledger';

const sent = new SentRequest(
  'txn',
  { kind: 'request', method: 'REFER', uri: 'sip:a@b', headers: new SipHeaders(), body: Buffer.alloc(0) },
  { bytes: 0, protocol: 'udp', address: '127.0.0.1', port: 5060, time: '' },
  undefined,
  'e1'
);

function ledgerAt(): { ledger: EffectLedger; clock: { now: number }; journal: Journal; reopened: () => EffectLedger } {
  const clock = { now: 0 };
  const store = new MemoryStore();
  const journal = new Journal(store, pino({ level: 'silent' }));
  const opened = (): EffectLedger =>
    new EffectLedger({ keepAfterEndMs: 35, keepAtLeastMs: 300, store, journal }, () => clock.now);
  return { ledger: opened(), clock, journal, reopened: opened };
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

  it.each([
    ['the same process', false],
    ['another one', true],
  ])('tells in %s what came back for a request that has its final response', (_where, isReopened) => {
    const { ledger, reopened } = ledgerAt();
    const refer = answered();
    ledger.claim('e1', waiter());
    ledger.recordSent('e1', refer);
    ledger.settle('e1', refer);
    const asked = isReopened ? reopened() : ledger;
    const later = waiter();
    expect(asked.claim('e1', later)).toBe(false);
    expect(later.onSent).not.toHaveBeenCalled();
    const [[past] = []] = later.onPast.mock.calls;
    expect(past?.sent.sip.toString()).toMatch(/^REFER sip:a@b SIP\/2\.0\r\n/);
    expect(past?.responses.map(({ sip }) => sip.toString().split('\r\n')[0])).toEqual(['SIP/2.0 202 Accepted']);
    expect(asked.sentUnder('e1')).toBeUndefined();
  });

  it('keeps a request whose final response may come after the end of its dialog', () => {
    const { ledger, clock } = ledgerAt();
    const refer = answered();
    ledger.claim('e1', waiter());
    ledger.recordSent('e1', refer);
    ledger.recordEnd('e1');
    clock.now = 10_000;
    ledger.sweep();
    expect(ledger.sentUnder('e1')).toBe(refer);
  });

  it.each([
    ['open', undefined, 10_000, true],
    ['ended but young', 1, 299, true],
    ['old but just ended', 290, 310, true],
    ['old and over', 270, 310, false],
  ])('keeps a record that is %s or not, in another process as well', (_what, endedAt, now, isKept) => {
    const { ledger, clock, journal, reopened } = ledgerAt();
    const refer = answered();
    refer.sentAt = 0;
    ledger.claim('e1', waiter());
    ledger.recordSent('e1', refer);
    ledger.settle('e1', refer);
    clock.now = endedAt ?? 0;
    if (endedAt !== undefined) ledger.recordEnd('e1');
    journal.commit();
    const later = reopened();
    later.restore();
    clock.now = now;
    later.sweep();
    journal.commit();
    expect(later.look('e1') !== undefined).toBe(isKept);
  });
});
