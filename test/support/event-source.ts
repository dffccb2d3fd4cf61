import { WAIT_LIMIT_MS } from './limits';

export interface StreamedEvent {
  event: string;
  id: string;
  data: string;
}

/** A client of server-sent events that keeps what it hears. */
export class EventStream {
  /** @throws Error when the answer is no stream of events */
  static async open(url: string, headers: Record<string, string>): Promise<EventStream> {
    const answer = await fetch(url, { headers });
    const type = answer.headers.get('content-type') ?? '';
    if (!answer.body || !type.startsWith('text/event-stream')) throw new Error(`${answer.status} ${type}`);
    return new EventStream(answer.body);
  }

  readonly events: StreamedEvent[] = [];
  /** Resolves when the stream is over, however it ended. */
  readonly closed: Promise<void>;

  private constructor(body: ReadableStream<Uint8Array>) {
    this.closed = this.#read(body).catch(() => undefined);
  }

  get lastEventId(): string {
    return this.events.at(-1)?.id ?? '';
  }

  async until(isWanted: (event: StreamedEvent) => boolean): Promise<void> {
    for (const deadline = Date.now() + WAIT_LIMIT_MS; !this.events.some(isWanted);) {
      if (Date.now() > deadline) throw new Error(`heard only ${JSON.stringify(this.events)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      this.events.push(...blocks.map(readBlock).filter((event) => event !== undefined));
    }
  }
}

function readBlock(block: string): StreamedEvent | undefined {
  const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
  const [event, id, data] = [field('event'), field('id'), field('data')];
  return event === undefined || id === undefined || data === undefined ? undefined : { event, id, data };
}
