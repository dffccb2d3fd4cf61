import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { FrameReader, FramingError, maxPayloadBytes, toFrame } from '../../../sip-server/drachtio/framing';

const read = (chunks: Buffer[]): string[] => {
  const reader = new FrameReader();
  return chunks.flatMap((chunk) => reader.push(chunk)).map(String);
};

describe('frames', () => {
  it('counts bytes, not characters', () => {
    expect(toFrame(Buffer.from('größe')).toString()).toBe('7#größe');
    expect(read([Buffer.from('7#größe')])).toEqual(['größe']);
  });

  it('come out whole however the stream is split', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1, unit: 'grapheme' }), { minLength: 1, maxLength: 5 }),
        fc.array(fc.nat(60), { maxLength: 20 }),
        (payloads, cuts) => {
          const stream = Buffer.concat(payloads.map((payload) => toFrame(Buffer.from(payload))));
          const at = [0, ...cuts.map((cut) => cut % stream.length).sort((a, b) => a - b), stream.length];
          const chunks = at.slice(1).map((end, index) => stream.subarray(at[index], end));
          expect(read(chunks)).toEqual(payloads);
        }
      )
    );
  });

  it('may hold separators and digits', () => {
    expect(read([Buffer.from('3#1#23#4#5')])).toEqual(['1#2', '4#5']);
  });

  it('may be as long as 200 kB and come byte by byte at the start', () => {
    const payload = 'x'.repeat(200_000);
    const frame = toFrame(Buffer.from(payload));
    const chunks = [...frame.subarray(0, 10)].map((byte) => Buffer.from([byte]));
    expect(read([...chunks, frame.subarray(10)])).toEqual([payload]);
  });

  it.each(['x#abc', '#abc', '0#', '-1#a', ' 3#abc', '1234567890', `${maxPayloadBytes + 1}#a`, 'GET / HTTP/1.1'])(
    'are refused when the stream starts with %s',
    (text) => {
      expect(() => new FrameReader().push(Buffer.from(text))).toThrow(FramingError);
    }
  );
});
