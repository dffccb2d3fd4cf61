import { describe, expect, it } from '@jest/globals';
import Srf from 'drachtio-srf';
import fc from 'fast-check';
import { headerFields } from '../../../activities/sip/header-fields';
import { referredBy, referTo } from '../../../activities/sip/refer-headers';
import { headerFaults } from '../../../contracts/header-policy';
import { transferParamsSchema } from '../../../contracts/schemas';
import type { SipHeaderField } from '../../../contracts/transfer';
import { parseClientMessage } from '../../../sip-server/drachtio/client-message';
import { isNameAddr, parseNameAddr } from '../../../sip-server/message/name-addr';
import { parseMessage } from '../../../sip-server/message/parse';
import { serialize } from '../../../sip-server/message/serialize';
import { parseUri } from '../../../sip-server/message/uri';

const TARGET = 'sip:agent@pbx.example.com';

const nasty = fc.constantFrom(
  '\r\nVia: SIP/2.0/UDP evil',
  '\r\n\r\n',
  '\n',
  '\0',
  '%0D%0ARoute: <sip:evil>',
  '%250d%250a',
  '%00',
  '>',
  '<sip:evil@evil>',
  '&Route=%3Csip:evil%3E',
  '?Replaces=1',
  ';method=BYE',
  '"',
  '\\',
  '\u2028',
  '\u0085',
  '\ud800'
);
const text = fc
  .array(fc.oneof(nasty, fc.string({ unit: 'grapheme', maxLength: 12 }), fc.string({ unit: 'binary', maxLength: 4 })), {
    maxLength: 5,
  })
  .map((parts) => parts.join(''));
const name = fc.oneof(
  fc.stringMatching(/^X-[A-Za-z0-9.!*_+'~-]{0,20}$/),
  fc.constantFrom('Via', 'v', 'body', 'Content-Type', 'constructor', '__proto__', 'X%0d%0aVia', 'X A', 'X-A', 'x-a'),
  text
);
const fields = fc.array(fc.record({ name, value: text }), { maxLength: 6 });

/** Lone surrogates cannot be sent; what arrives in their place is U+FFFD. */
const asSent = (value: string): string => Buffer.from(value).toString();

/** drachtio-srf's own message, which makes the frame for the SIP server; its typings lack it. */
const { SipMessage } = Srf as unknown as {
  SipMessage: new (startLine: string) => { set(headers: Record<string, string>): void; toString(): string };
};

const BASE: Record<string, string> = {
  Via: 'SIP/2.0/UDP h;branch=z9hG4bK1',
  From: '<sip:a@h>;tag=1',
  To: '<sip:b@h>',
  'Call-ID': 'c',
};

/** What the SIP server sends of the header fields that drachtio-srf is given, names in lower case. */
function overTheWire(method: string, headers: Record<string, string>): [string, string][] {
  const message = new SipMessage(`${method} sip:agent@h SIP/2.0\r\n\r\n`);
  message.set({ ...BASE, CSeq: `7 ${method}`, ...headers });
  const frame = parseClientMessage(Buffer.from(message.toString()))!;
  const sent = parseMessage(serialize(frame), 'datagram');
  return [...sent.headers.entries()]
    .filter(([header]) => !(header in BASE) && !['CSeq', 'Content-Length'].includes(header))
    .map(([header, value]) => [header.toLowerCase(), value]);
}

const collapsed = (value: string): string => asSent(value).trim();

describe('headers that a bot may set', () => {
  it('come out of Refer-To as they went in, and nothing else does', () => {
    fc.assert(
      fc.property(fields, (headers) => {
        fc.pre(headerFaults(headers).length === 0);
        const [[header, value] = ['', ''], ...others] = overTheWire('REFER', { 'Refer-To': referTo(TARGET, headers) });
        expect([header, others]).toEqual(['refer-to', []]);
        expect(isNameAddr(value)).toBe(true);
        const address = parseNameAddr(value);
        const uri = parseUri(address.uri);
        expect([address.params.size, uri.user, uri.host, uri.params.size]).toEqual([0, 'agent', 'pbx.example.com', 0]);
        expect(uri.headers.map((pair) => pair.map(decodeURIComponent))).toEqual(
          headers.map((field) => [field.name, asSent(field.value)])
        );
      }),
      { numRuns: 300 }
    );
  });

  it('come out of an INVITE as they went in, and nothing else does', () => {
    fc.assert(
      fc.property(fields, (headers) => {
        fc.pre(headerFaults(headers).length === 0);
        const expected = headers.reduce<Record<string, string>>((all, field) => {
          const key = field.name.toLowerCase();
          return { ...all, [key]: key in all ? `${all[key]}, ${field.value}` : field.value };
        }, {});
        expect(overTheWire('INVITE', headerFields(headers)).sort()).toEqual(
          Object.entries(expected)
            .map(([key, value]) => [key, collapsed(value)])
            .sort()
        );
      }),
      { numRuns: 300 }
    );
  });

  it('never hold a line break, whatever was asked for', () => {
    fc.assert(
      fc.property(fields, (headers) => {
        const taken = headers.filter((field) => headerFaults([field]).length === 0);
        for (const field of Object.entries(headerFields(taken)).flat()) expect(field).not.toMatch(/[\r\n\0]/);
        expect(referTo(TARGET, taken)).toMatch(/^[!-~]*$/);
      })
    );
  });
});

describe('the URI of Referred-By', () => {
  it('is one URI in angle brackets, whatever was asked for', () => {
    const uri = fc.tuple(fc.constantFrom('sip:', 'sips:', 'tel:', ''), text).map((parts) => parts.join(''));
    fc.assert(
      fc.property(uri, (url) => {
        const parsed = transferParamsSchema.safeParse({ transferTarget: '1', transferReferredByURL: url });
        fc.pre(parsed.success);
        const sent = overTheWire('REFER', { 'Referred-By': referredBy(url) });
        expect(sent).toEqual([['referred-by', `<${url}>`]]);
        expect(parseNameAddr(sent[0]?.[1] ?? '')).toEqual({ uri: url, params: new Map() });
      })
    );
  });
});

it('sends 100 headers of 12,000 characters whole', () => {
  const headers: SipHeaderField[] = Array.from({ length: 100 }, (_, i) => ({
    name: `X-${String(i).padStart(3, '0')}`,
    value: ' ü&'.repeat(40).slice(0, 115),
  }));
  expect(headerFaults(headers)).toEqual([]);
  expect(headerFaults([{ name: 'X-000', value: 'a' }, ...headers])).toHaveLength(2);
  const [[, value] = ['', '']] = overTheWire('REFER', { 'Refer-To': referTo(TARGET, headers) });
  expect(parseUri(parseNameAddr(value).uri).headers).toHaveLength(100);
  expect(overTheWire('INVITE', headerFields(headers))).toHaveLength(100);
});
