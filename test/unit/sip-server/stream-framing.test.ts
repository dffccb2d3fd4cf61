import { describe, expect, it } from '@jest/globals';
import { StreamFraming } from '../../../sip-server/transport/stream-framing';
import type { StreamItem } from '../../../sip-server/transport/stream-framing';
import { requestLines, sipText } from './sip-text';

const options = sipText(requestLines('OPTIONS', ['Content-Length: 0']));
const message = sipText(requestLines('MESSAGE', ['l : ', '  5']), 'hello');

function kinds(items: StreamItem[]): string[] {
  return items.map(({ kind }) => kind);
}

function problem(items: StreamItem[]): { status: number; method: string | undefined } {
  const last = items.at(-1);
  if (last?.kind !== 'broken') throw new Error('not broken');
  return { status: last.problem.status, method: last.problem.partial?.method };
}

describe('StreamFraming', () => {
  it('cuts messages that share a chunk', () => {
    const items = new StreamFraming().push(Buffer.concat([options, message, options]));
    expect(items).toEqual([options, message, options].map((bytes) => ({ kind: 'message', bytes })));
  });

  it('joins a message that comes byte by byte', () => {
    const framing = new StreamFraming();
    const items = [...message].flatMap((byte) => framing.push(Buffer.from([byte])));
    expect(items).toEqual([{ kind: 'message', bytes: message }]);
  });

  it('reports a double CRLF as a ping, also in pieces, and skips single line breaks', () => {
    const framing = new StreamFraming();
    expect(kinds(framing.push(Buffer.from('\r\n\r')))).toEqual([]);
    expect(kinds(framing.push(Buffer.from('\n')))).toEqual(['ping']);
    const surrounded = Buffer.concat([Buffer.from('\r\n'), options, Buffer.from('\n\r\n\r\n\r\n')]);
    expect(kinds(framing.push(surrounded))).toEqual(['message', 'ping']);
    expect(kinds(framing.push(message))).toEqual(['message']);
  });

  it('knows whether a message is under way, which line breaks are not', () => {
    const framing = new StreamFraming();
    const states = ['', '\r\n', 'OPT', options.toString().slice(3), '\r\n'].map((text) => {
      framing.push(Buffer.from(text));
      return framing.isMidMessage;
    });
    expect(states).toEqual([false, false, true, false, false]);
  });

  it('survives a flood of line breaks', () => {
    const items = new StreamFraming().push(Buffer.alloc(300000, '\n'));
    expect(items).toEqual([]);
  });

  it('breaks on a missing or contradictory Content-Length and yields nothing more', () => {
    const framing = new StreamFraming();
    expect(problem(framing.push(sipText(requestLines('INFO'))))).toEqual({ status: 400, method: 'INFO' });
    expect(framing.push(options)).toEqual([]);
    const twice = sipText(requestLines('INFO', ['Content-Length: 1', 'Content-Length: 2']), 'xx');
    expect(problem(new StreamFraming().push(twice))).toEqual({ status: 400, method: 'INFO' });
  });

  it('yields the messages in front of the fault', () => {
    expect(kinds(new StreamFraming().push(Buffer.concat([options, sipText(['x', 'y'])])))).toEqual([
      'message',
      'broken',
    ]);
  });

  it('refuses a body and headers above the limits by 413', () => {
    const limits = { maxHeaderBytes: 1000, maxBodyBytes: 4 };
    expect(problem(new StreamFraming(limits).push(message))).toEqual({ status: 413, method: 'MESSAGE' });
    expect(problem(new StreamFraming(limits).push(Buffer.alloc(1001, 'x')))).toEqual({
      status: 413,
      method: undefined,
    });
    const long = sipText(requestLines('INFO', [`Subject: ${'x'.repeat(1000)}`, 'Content-Length: 0']));
    expect(problem(new StreamFraming(limits).push(long))).toEqual({ status: 413, method: undefined });
    expect(kinds(new StreamFraming({ ...limits, maxBodyBytes: 5 }).push(message))).toEqual(['message']);
  });
});
