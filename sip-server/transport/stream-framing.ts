import { findHeaderEnd, leadingLineBreaks, splitField, unfoldLines } from '../message/header-block';
import { SipHeaders } from '../message/headers';
import { contentLength, malformedHead, MalformedMessage } from '../message/parse';

export interface StreamLimits {
  /** Bytes of start line and headers. Default 65536. */
  maxHeaderBytes: number;
  /** Bytes of one body. Default 1048576. */
  maxBodyBytes: number;
}

export const defaultStreamLimits: StreamLimits = { maxHeaderBytes: 65536, maxBodyBytes: 1048576 };

/** What a stream yields: a whole message, a keep-alive ping (RFC 5626 section 4.4.1), or the fault that ends its framing. */
export type StreamItem =
  { kind: 'message'; bytes: Buffer } | { kind: 'ping' } | { kind: 'broken'; problem: MalformedMessage };

const noBytes = Buffer.alloc(0);

const doubleCrlf = Buffer.from('\r\n\r\n');

/** Cuts a byte stream into messages by their Content-Length (RFC 3261 section 18.3). After `broken` it yields nothing more. */
export class StreamFraming {
  /** Bytes read and not yet cut off are `buffer[start..end)`. */
  private buffer = noBytes;
  private start = 0;
  private end = 0;
  /** Bytes behind `start` that were searched for the blank line. */
  private scanned = 0;
  /** Length of the message under way once its headers are complete. */
  private expected: number | undefined;
  private isBroken = false;

  constructor(private readonly limits: StreamLimits = defaultStreamLimits) {}

  /** A message was begun and is not complete. Line breaks between messages begin none. */
  get isMidMessage(): boolean {
    const front = this.buffer.subarray(this.start, Math.min(this.start + 4, this.end));
    return leadingLineBreaks(front) < front.length;
  }

  push(chunk: Buffer): StreamItem[] {
    if (this.isBroken) return [];
    this.add(chunk);
    const items: StreamItem[] = [];
    try {
      for (let item = this.next(); item !== undefined; item = this.next()) items.push(item);
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      this.isBroken = true;
      this.buffer = noBytes;
      items.push({ kind: 'broken', problem: error });
    }
    return items;
  }

  /** Capacity doubles, so that a message in tiny chunks is not copied once for each of them. */
  private add(chunk: Buffer): void {
    const held = this.end - this.start;
    if (this.end + chunk.length > this.buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(held + chunk.length, held * 2));
      this.buffer.copy(grown, 0, this.start, this.end);
      this.buffer = grown;
      this.start = 0;
      this.end = held;
    }
    chunk.copy(this.buffer, this.end);
    this.end += chunk.length;
  }

  private next(): StreamItem | undefined {
    if (this.expected === undefined) {
      if (this.skipLineBreaks()) return { kind: 'ping' };
      this.expected = this.messageLength();
    }
    if (this.expected === undefined || this.end - this.start < this.expected) return undefined;
    return { kind: 'message', bytes: this.take(this.expected) };
  }

  /** Drops line breaks in front of a message. @returns true for a double CRLF, which is taken alone */
  private skipLineBreaks(): boolean {
    for (;;) {
      const front = this.buffer.subarray(this.start, Math.min(this.start + 4, this.end));
      const couldBePing = doubleCrlf.subarray(0, front.length).equals(front);
      if (couldBePing && front.length < 4) return false;
      if (leadingLineBreaks(front) === 0) return false;
      this.take(couldBePing ? 4 : 1);
      if (couldBePing) return true;
    }
  }

  /** The length of the message at the front, or undefined while its headers are incomplete. */
  private messageLength(): number | undefined {
    const data = this.buffer.subarray(this.start, this.end);
    const end = findHeaderEnd(data, this.scanned);
    if ((end?.body ?? data.length) > this.limits.maxHeaderBytes) throw new MalformedMessage('headers too large', 413);
    if (end === undefined) {
      this.scanned = Math.max(0, data.length - 3);
      return undefined;
    }
    const head = data.subarray(0, end.head);
    const length = this.bodyLength(head);
    if (length > this.limits.maxBodyBytes) throw malformedHead(head, 'body too large', 413);
    return end.body + length;
  }

  private bodyLength(head: Buffer): number {
    const headers = new SipHeaders();
    for (const line of unfoldLines(head.toString('utf8'))) headers.append(...(splitField(line) ?? ['', '']));
    try {
      const length = contentLength(headers);
      if (length !== undefined) return length;
    } catch (error) {
      if (error instanceof MalformedMessage) throw malformedHead(head, error.message, error.status);
      throw error;
    }
    throw malformedHead(head, 'Content-Length missing', 400);
  }

  private take(count: number): Buffer {
    const taken = Buffer.from(this.buffer.subarray(this.start, this.start + count));
    this.start += count;
    this.scanned = 0;
    this.expected = undefined;
    if (this.start === this.end) {
      this.buffer = noBytes;
      this.start = 0;
      this.end = 0;
    }
    return taken;
  }
}
