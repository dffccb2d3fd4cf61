import type { ParsedHangup, ParsedSendDtmf, ParsedSendMetaData } from '../../contracts/activities-read';
import { effectId } from '../../contracts/ids';
import { postMetaData, sendInfo } from './effects';
import { failureText, isActivityFailure } from './failure';
import type { Pausable } from './pausable';
import type { CallSession } from './session';

/** What the bot wants to have done after what it wanted before. Plain data: it may have to wait for the next run. */
export type Ordered =
  | { kind: 'info'; what: string; contentType: string; body: string }
  | { kind: 'metadata'; url: string; data: string; timeoutMs: number }
  | { kind: 'hangup'; reason?: string };

/** Length of one digit in ms, as DTMF relays write it. */
const DIGIT_MS = 160;

/** Digits to the caller's side, one INFO each. */
export function digitsInOrder({ digits }: ParsedSendDtmf): Ordered[] {
  return Array.from(digits, (digit) => ({
    kind: 'info',
    what: `DTMF ${digit}`,
    contentType: 'application/dtmf-relay',
    body: `Signal=${digit}\r\nDuration=${DIGIT_MS}\r\n`,
  }));
}

/** Metadata to its URL, or to the caller's side as INFO. */
export function metaDataInOrder({ data, url, timeoutMs }: ParsedSendMetaData): Ordered {
  return url === undefined
    ? { kind: 'info', what: 'metadata', contentType: 'application/json', body: data }
    : { kind: 'metadata', url, data, timeoutMs };
}

/** The end of the call, after what the bot sent before it. */
export function hangupInOrder({ reason }: ParsedHangup): Ordered {
  return { kind: 'hangup', ...(reason === undefined ? {} : { reason }) };
}

/** INFOs, metadata and the bot's hang-up, one after the other: a failed one is noted and holds nothing up. */
export class InOrder implements Pausable {
  readonly #waiting: Ordered[];
  #last: Promise<void> = Promise.resolve();
  #isPaused: boolean;
  #isBusy = false;

  /** @param kept what an earlier run left; begins with `resume` */
  constructor(
    private readonly call: CallSession,
    kept: readonly Ordered[] = []
  ) {
    this.#waiting = [...kept];
    this.#isPaused = kept.length > 0;
  }

  /** What has not begun. */
  get waiting(): Ordered[] {
    return [...this.#waiting];
  }

  get isIdle(): boolean {
    return !this.#isBusy && (this.#isPaused || this.#waiting.length === 0);
  }

  add(...ordered: Ordered[]): void {
    this.#waiting.push(...ordered);
    if (!this.#isPaused) this.#enqueue(ordered.length);
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#enqueue(this.#waiting.length);
  }

  /** Resolves when all is done. */
  done(): Promise<void> {
    return this.#last;
  }

  #enqueue(count: number): void {
    for (let n = 0; n < count; n++) {
      this.#last = this.#last
        .then(() => this.#next())
        .then(
          () => this.#ended(),
          (err: unknown) => {
            this.#ended();
            if (!isActivityFailure(err)) throw err;
            this.call.note({ event: 'InfoFailed', detail: failureText(err) });
          }
        );
    }
  }

  #next(): Promise<unknown> {
    const ordered = this.#isPaused ? undefined : this.#waiting.shift();
    if (!ordered) return Promise.resolve();
    this.#isBusy = true;
    return carryOut(this.call, ordered);
  }

  #ended(): void {
    this.#isBusy = false;
  }
}

function carryOut(call: CallSession, ordered: Ordered): Promise<unknown> {
  switch (ordered.kind) {
    case 'info':
      return info(call, ordered);
    case 'metadata': {
      const { url, data, timeoutMs } = ordered;
      return postMetaData.executeWithOptions({ summary: `metadata → ${url}` }, [
        { url, callId: call.input.callId, data, timeoutMs },
      ]);
    }
    case 'hangup': {
      const { reason } = ordered;
      call.apply({ type: 'HangupRequested', ...(reason === undefined ? {} : { reason }), atMs: Date.now() });
      return Promise.resolve();
    }
  }
}

async function info(call: CallSession, { what, contentType, body }: Extract<Ordered, { kind: 'info' }>): Promise<void> {
  const record = call.state.caller?.record;
  if (!record || !call.state.caller?.isUp) return;
  const effect = effectId(call.input.callId, 'info-caller', call.numbers.next('infos'));
  const input = { effectId: effect, dialogId: record.dialogId, trunk: record.trunk, contentType, body };
  const status = await sendInfo.executeWithOptions({ summary: `INFO ${what} → caller` }, [input]);
  if (status >= 300) call.note({ event: 'InfoRefused', detail: `${what}: ${status}` });
}
