import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SipHeaders } from '../../../sip-server/message/headers';
import type { SipMessage } from '../../../sip-server/message/message';
import { isNameAddr, parseNameAddr, tagOf, withTag } from '../../../sip-server/message/name-addr';
import { MalformedMessage, parseMessage } from '../../../sip-server/message/parse';
import { serialize } from '../../../sip-server/message/serialize';
import { formatUri, parseUri } from '../../../sip-server/message/uri';
import { parseVia } from '../../../sip-server/message/via';
import { StreamFraming } from '../../../sip-server/transport/stream-framing';
import { requestLines, sipText } from './sip-text';

const token = fc.stringMatching(/^[A-Za-z0-9.!%*_+~-]{1,12}$/);
const value = fc
  .string({ unit: 'grapheme', maxLength: 40 })
  .map((text) => text.replace(/\s+/g, ' ').replaceAll('\0', '').trim());
const body = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
const extraFields = fc.array(
  fc.tuple(
    token.map((name) => `Q-${name}`),
    value
  ),
  { maxLength: 8 }
);

const message: fc.Arbitrary<SipMessage> = fc
  .record({
    method: token,
    status: fc.integer({ min: 100, max: 699 }),
    reason: value,
    isRequest: fc.boolean(),
    extraFields,
    body,
  })
  .map(({ method, status, reason, isRequest, extraFields: extra, body: bytes }) => {
    const headers = SipHeaders.from([
      ['Via', 'SIP/2.0/UDP h:5060;branch=z9hG4bK1'],
      ['From', '<sip:a@h>;tag=1'],
      ['To', '<sip:b@h>'],
      ['Call-ID', 'c'],
      ['CSeq', `7 ${method}`],
      ...extra,
    ]);
    return isRequest
      ? { kind: 'request', method, uri: 'sip:b@h', headers, body: bytes }
      : { kind: 'response', status, reason, headers, body: bytes };
  });

function comparable(parsed: SipMessage): unknown {
  const fields = [...parsed.headers.entries()].filter(([name]) => name !== 'Content-Length');
  return { ...parsed, headers: fields, body: parsed.body.toString('hex') };
}

/** Bytes near to a message: one that was cut, spliced or had bytes overwritten. */
const mangled = fc
  .tuple(
    fc.constantFrom('INVITE', 'ACK', 'BYE'),
    fc.array(fc.tuple(fc.nat(400), fc.string({ maxLength: 6 })), { maxLength: 6 }),
    fc.nat(500)
  )
  .map(([method, patches, cut]) => {
    const bytes = sipText(requestLines(method, ['Content-Length: 5', 'm: <sip:a@h>;q=1']), 'hello');
    for (const [at, text] of patches) bytes.write(text, at % bytes.length);
    return bytes.subarray(0, cut);
  });
const hostile = fc.oneof(
  fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
  fc
    .string({
      unit: fc.constantFrom('\r', '\n', ' ', ':', ';', ',', '<', '>', '"', '\\', 'S', 'I', 'P', '/', '2', '.', '0'),
      maxLength: 200,
    })
    .map((text) => Buffer.from(text)),
  mangled
);

describe('messages', () => {
  it('come back from serialize as they went in', () => {
    fc.assert(
      fc.property(message, fc.constantFrom('datagram' as const, 'stream' as const), (original, framing) => {
        expect(comparable(parseMessage(serialize(original), framing))).toEqual(comparable(original));
      })
    );
  });

  it('are cut out of a stream whole, whatever the chunks', () => {
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 4 }),
        fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }),
        (sent, sizes) => {
          const wire = Buffer.concat(sent.flatMap((one) => [Buffer.from('\r\n'), serialize(one)]));
          const framing = new StreamFraming();
          const received: Buffer[] = [];
          for (let at = 0, turn = 0; at < wire.length; turn += 1) {
            const size = sizes[turn % sizes.length] ?? 1;
            for (const item of framing.push(wire.subarray(at, at + size)))
              if (item.kind === 'message') received.push(item.bytes);
            at += size;
          }
          expect(received).toEqual(sent.map(serialize));
        }
      )
    );
  });

  it('make parseMessage throw nothing but MalformedMessage', () => {
    fc.assert(
      fc.property(hostile, fc.constantFrom('datagram' as const, 'stream' as const), (bytes, framing) => {
        let thrown: unknown = new MalformedMessage('', 400);
        try {
          serialize(parseMessage(bytes, framing));
        } catch (error) {
          thrown = error;
        }
        expect(thrown).toBeInstanceOf(MalformedMessage);
      }),
      { numRuns: 2000 }
    );
  });

  it('never make the stream framing throw', () => {
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 4 }), (chunks) => {
        const framing = new StreamFraming({ maxHeaderBytes: 300, maxBodyBytes: 50 });
        const kinds = chunks.flatMap((chunk) => framing.push(chunk)).map(({ kind }) => kind);
        expect(kinds.indexOf('broken')).toBeLessThan(Math.max(kinds.length, 1));
        expect(kinds.slice(0, -1)).not.toContain('broken');
      }),
      { numRuns: 1000 }
    );
  });
});

describe('header values', () => {
  it('never make a parser throw, and a tag once put on is found', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), token, (text, tag) => {
        parseVia(text);
        expect(formatUri(parseUri(text))).toBeDefined();
        expect(parseNameAddr(text).params).toBeInstanceOf(Map);
        const tagged = withTag(text, tag);
        expect(!isNameAddr(text) || tagOf(tagged) === tag).toBe(true);
      }),
      { numRuns: 1000 }
    );
  });
});
