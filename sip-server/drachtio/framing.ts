const separator = 0x23;
const maxDigits = 9;

/** Longest payload that is taken, in bytes, from a client that has authenticated and from one that has not. */
export const maxPayloadBytes = 16 * 1024 * 1024;
export const maxStrangerPayloadBytes = 64 * 1024;

/** The byte stream is not made of frames. */
export class FramingError extends Error {
  override readonly name = 'FramingError';
}

/** A payload as a frame: its length in bytes as decimal digits, `#`, the payload. */
export function toFrame(payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${payload.length}#`), payload]);
}

/** Cuts a byte stream into the payloads of its frames, however it is split. */
export class FrameReader {
  private chunks: Buffer[] = [];
  private buffered = 0;
  /** Bytes that the frame under way needs in all; undefined until its length is known. */
  private needed: number | undefined;

  /** @throws FramingError when the stream is broken; it cannot be read any further then */
  push(chunk: Buffer, maxBytes = maxPayloadBytes): Buffer[] {
    this.chunks.push(chunk);
    this.buffered += chunk.length;
    const payloads: Buffer[] = [];
    // Chunks are joined only when a frame may be complete, so that a long one is copied once.
    while (this.buffered > 0 && (this.needed === undefined || this.buffered >= this.needed)) {
      const payload = this.take(maxBytes);
      if (payload === undefined) break;
      payloads.push(payload);
    }
    return payloads;
  }

  private take(maxBytes: number): Buffer | undefined {
    const data = this.chunks.length === 1 && this.chunks[0] ? this.chunks[0] : Buffer.concat(this.chunks);
    this.chunks = [data];
    const end = data.indexOf(separator);
    if (end < 0 ? data.length > maxDigits : end > maxDigits) throw new FramingError('no frame length');
    const digits = data.toString('latin1', 0, end < 0 ? data.length : end);
    if (!/^\d+$/.test(digits)) throw new FramingError('a frame length is not a number');
    if (end < 0) return undefined;
    const length = Number(digits);
    if (length === 0 || length > maxBytes) throw new FramingError(`a frame of ${length} bytes`);
    this.needed = end + 1 + length;
    if (data.length < this.needed) return undefined;
    const payload = data.subarray(end + 1, this.needed);
    this.chunks = data.length === this.needed ? [] : [data.subarray(this.needed)];
    this.buffered = data.length - this.needed;
    this.needed = undefined;
    return payload;
  }
}
