import type { Awaited, PeerResponse, SentRequest } from './port';
import type { SrfRequest, SrfResponse } from './srf';

type SendAck = (options?: object) => void;

/**
 * A request on its way, with its responses queued from the first on: a response may follow in the same read as the word that the request
 * was sent, before any `await` resumes.
 */
export class SentTransaction implements SentRequest {
  readonly kind = 'sent';
  readonly cseq: number;
  readonly uri: string;
  readonly #queue: Awaited[] = [];
  #wake: (() => void) | undefined;
  #ack: SendAck | undefined;

  constructor(private readonly request: SrfRequest & { cancel(callback: () => void): void }) {
    this.cseq = cseqOf(request.get('CSeq'));
    this.uri = request.uri;
    request.on('response', (response: SrfResponse, ack: SendAck) => {
      if (response.status >= 200) this.#ack = ack;
      this.#push(peerResponse(response));
    });
  }

  async next(withinMs: number): Promise<Awaited> {
    if (this.#queue.length === 0) await this.#arrival(withinMs);
    const first = this.#queue[0];
    if (first?.kind === 'response') this.#queue.shift();
    return first ?? { kind: 'silent' };
  }

  acknowledge(): void {
    this.#ack?.({});
  }

  cancel(): void {
    try {
      this.request.cancel(() => undefined);
    } catch {
      this.lose();
    }
  }

  /** No response can come any more: the connection is gone. */
  lose(): void {
    this.#push({ kind: 'lost' });
  }

  #push(item: Awaited): void {
    this.#queue.push(item);
    this.#wake?.();
  }

  async #arrival(withinMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(resolve, withinMs);
    });
    clearTimeout(timer);
    this.#wake = undefined;
  }
}

function peerResponse(response: SrfResponse): PeerResponse {
  return {
    kind: 'response',
    status: response.status,
    reason: response.reason,
    body: response.body ?? '',
    toTag: tagOf(response, 'To'),
    cseq: cseqOf(response.get('CSeq')),
    header: (name) => (response.has(name) ? response.get(name) : undefined),
  };
}

/** @returns the tag parameter of a From or To header */
export function tagOf(message: { getParsedHeader(name: string): unknown }, header: 'From' | 'To'): string | undefined {
  const parsed = message.getParsedHeader(header) as { params?: { tag?: string | null } } | undefined;
  return parsed?.params?.tag ?? undefined;
}

export function cseqOf(header: string): number {
  return Number.parseInt(header, 10);
}
