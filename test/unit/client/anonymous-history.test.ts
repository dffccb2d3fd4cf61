import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { HistoryJson } from '../../../client/histories/anonymous-history';
import { anonymousHistory, EncodedHistory } from '../../../client/histories/anonymous-history';
import { Pseudonyms } from '../../../client/histories/pseudonyms';
import { isCallId } from '../../../contracts/ids';

const payload = (value: unknown, encoding = 'json/plain') => ({
  metadata: { encoding: Buffer.from(encoding).toString('base64') },
  data: Buffer.from(JSON.stringify(value)).toString('base64'),
});

const decoded = ({ data }: { data: string }): unknown => JSON.parse(Buffer.from(data, 'base64').toString());

/** One event whose only payload is `value`, made anonymous and read again. */
const anonymous = (value: unknown): unknown => {
  const [event] = anonymousHistory({ events: [{ input: payload(value) }] }).events ?? [];
  return decoded((event as { input: { data: string } }).input);
};

describe('pseudonyms', () => {
  it('keep length, kind and equality, also within longer texts, and call ids are call ids', () => {
    const pseudonyms = new Pseudonyms();
    const number = pseudonyms.of('+493012345');
    expect(number).toMatch(/^\+\d{9}$/);
    expect(number).not.toBe('+493012345');
    expect(pseudonyms.of('sip:493012345@pbx.example;user=phone')).toMatch(
      new RegExp(`^sip:${number.slice(1)}@[a-z]{3}\\.[a-z]{7};user=phone$`)
    );
    expect(isCallId(pseudonyms.of('iljzjis4zrllbqdt'))).toBe(true);
  });

  it('differ from history to history', () => {
    expect(new Pseudonyms().of('Alexandra Example')).not.toBe(new Pseudonyms().of('Alexandra Example'));
  });
});

describe('an anonymous history', () => {
  it('keeps the words that the workflow decides by, and none that a bot may choose', () => {
    const copy = anonymous({
      kind: 'transfer',
      name: 'handover',
      at: '2026-01-02T03:04:05.678Z',
      count: 7,
      callerDisplayName: 'Alexandra',
      sessionParams: { name: 'Alexandra', kind: 'premium' },
    });
    expect(copy).toMatchObject({ kind: 'transfer', name: 'handover', at: '2026-01-02T03:04:05.678Z', count: 7 });
    expect(JSON.stringify(copy)).not.toMatch(/alexandra|premium/i);
  });

  it('replaces failure texts, workflow ids and who carried it out, and keeps patches', () => {
    const marker = {
      markerName: 'core_patch',
      details: { 'patch-data': { payloads: [payload({ id: 'by-invite' })] } },
    };
    const events = [
      { workflowExecutionStartedEventAttributes: { identity: '4711@host', workflowId: 'call-iljzjis4zrllbqdt' } },
      { activityTaskFailedEventAttributes: { failure: { message: 'no answer from Alexandra' } } },
      { markerRecordedEventAttributes: marker },
    ];
    const copy = anonymousHistory({ events });
    expect(JSON.stringify(copy)).not.toMatch(/4711|iljzjis|alexandra/i);
    expect(copy.events?.[2]).toEqual({ markerRecordedEventAttributes: marker });
  });

  it('is refused when a codec has encoded a payload', () => {
    const events = [{ input: payload('x', 'binary/encrypted') }];
    expect(() => anonymousHistory({ events })).toThrow(EncodedHistory);
  });
});

describe('every stored history', () => {
  const folder = path.join(__dirname, '../../replay/histories');
  it.each(readdirSync(folder))('%s loses its numbers and addresses', (file) => {
    const history = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as HistoryJson;
    const contents = JSON.stringify(anonymousHistory(history), (_, value: unknown) =>
      typeof value === 'object' && value !== null && 'data' in value && typeof value.data === 'string'
        ? Buffer.from(value.data, 'base64').toString()
        : value
    );
    expect(/4930111|agent@|@peer|\/events/.exec(contents)).toBeNull();
  });
});
