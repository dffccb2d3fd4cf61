import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseClientFrame } from '../../../sip-server/drachtio/frames';
import { FrameReader, FramingError, toFrame } from '../../../sip-server/drachtio/framing';
import { parseClientMessage } from '../../../sip-server/drachtio/client-message';

const bytes = (maxLength: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ minLength: 1, maxLength }).map((array) => Buffer.from(array));
const nearFrames = fc
  .string({ unit: fc.constantFrom('0', '1', '9', '#', '|', '\r', '\n', 'a', '-'), minLength: 1, maxLength: 60 })
  .map((text) => Buffer.from(text));

describe('frames of applications', () => {
  it('come out whole, whatever the chunks', () => {
    fc.assert(
      fc.property(fc.array(bytes(200)), fc.integer({ min: 1, max: 50 }), (payloads, size) => {
        const wire = Buffer.concat(payloads.map(toFrame));
        const reader = new FrameReader();
        const received: Buffer[] = [];
        for (let at = 0; at < wire.length; at += size) received.push(...reader.push(wire.subarray(at, at + size)));
        expect(received).toEqual(payloads);
      })
    );
  });

  it('that are none end in a FramingError, and nothing else is ever thrown', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(nearFrames, bytes(60)), { maxLength: 5 }), (chunks) => {
        const reader = new FrameReader();
        let problem: unknown = new FramingError('');
        try {
          for (const chunk of chunks)
            for (const payload of reader.push(chunk)) {
              const frame = parseClientFrame(payload);
              if (frame?.sip !== undefined) parseClientMessage(frame.sip);
            }
        } catch (error) {
          problem = error;
        }
        expect(problem).toBeInstanceOf(FramingError);
      }),
      { numRuns: 2000 }
    );
  });

  it('that are too long are refused by their length, before their bytes are held', () => {
    expect(() => new FrameReader().push(Buffer.from('1000#'), 999)).toThrow(FramingError);
    expect(() => new FrameReader().push(Buffer.from('9999999999'))).toThrow(FramingError);
  });
});
