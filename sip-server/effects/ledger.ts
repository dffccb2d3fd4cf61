import type { SentRequest } from '../dialog/sent-request';
import { Tally } from '../metrics/tally';
import { PastRequest } from './past-request';

export interface LedgerSettings {
  /** How long a record is kept after its dialog or transaction ended, in milliseconds. Default 35000. */
  keepAfterEndMs: number;
  /** How long a record is kept at least, in milliseconds. Default 120000. */
  keepAtLeastMs: number;
}

/** Hears what became of an effect: one of the three is called, once. */
export interface EffectWaiter {
  onSent(sent: SentRequest): void;
  /** It was sent, and its dialog or transaction is over. */
  onPast(past: PastRequest): void;
  onRefused(reason: string): void;
}

/** What is known of an effect. */
export interface EffectLook {
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Undefined while it is being sent. */
  readonly sent: SentRequest | PastRequest | undefined;
  /** When its dialog or transaction ended; undefined before. */
  readonly endedAt: number | undefined;
}

interface EffectRecord {
  readonly startedAt: number;
  sent: SentRequest | PastRequest | undefined;
  /** Those who asked for the same effect while it was being sent. */
  waiting: EffectWaiter[];
  endedAt: number | undefined;
}

/**
 * What was sent under which effect id, so that a request that is asked for twice goes on the wire once. A record exists before its bytes
 * leave; one whose request was refused before that is forgotten, so that it can be tried again.
 */
export class EffectLedger {
  /** Requests with an effect id so far, by `new` and `repeated`. */
  readonly tally = new Tally();
  private readonly records = new Map<string, EffectRecord>();

  constructor(
    private readonly settings: LedgerSettings,
    private readonly now: () => number = Date.now
  ) {}

  get size(): number {
    return this.records.size;
  }

  /**
   * Opens a record when the id is new.
   * @returns true when the caller has to send; else `waiter` hears of the request that was sent before, or will be
   */
  claim(id: string, waiter: EffectWaiter): boolean {
    const record = this.records.get(id);
    this.tally.add(record === undefined ? 'new' : 'repeated');
    if (record === undefined) {
      this.records.set(id, { startedAt: this.now(), sent: undefined, waiting: [], endedAt: undefined });
      return true;
    }
    if (record.sent === undefined) record.waiting.push(waiter);
    else if (record.sent instanceof PastRequest) waiter.onPast(record.sent);
    else waiter.onSent(record.sent);
    return false;
  }

  /** @returns the request that was sent under this id; undefined while it is being sent, and when it is over */
  sentUnder(id: string): SentRequest | undefined {
    const sent = this.records.get(id)?.sent;
    return sent instanceof PastRequest ? undefined : sent;
  }

  look(id: string): EffectLook | undefined {
    return this.records.get(id);
  }

  recordSent(id: string, sent: SentRequest): void {
    const record = this.records.get(id);
    if (record === undefined) return;
    record.sent = sent;
    for (const waiter of record.waiting.splice(0)) waiter.onSent(sent);
  }

  recordRefused(id: string, reason: string): void {
    const record = this.records.get(id);
    this.records.delete(id);
    for (const waiter of record?.waiting ?? []) waiter.onRefused(reason);
  }

  /** The dialog of the effect is over, or its transaction when it has none. */
  recordEnd(id: string): void {
    const record = this.records.get(id);
    if (record !== undefined) record.endedAt ??= this.now();
  }

  /** Forgets the records whose time is over, and of effects that are over all but what a repetition needs. */
  sweep(): void {
    const now = this.now();
    for (const [id, record] of this.records) {
      const { startedAt, endedAt } = record;
      const isOver = endedAt !== undefined && now - endedAt >= this.settings.keepAfterEndMs;
      if (isOver && now - startedAt >= this.settings.keepAtLeastMs) this.records.delete(id);
      else if (endedAt !== undefined) reduce(record);
    }
  }
}

/** A response may still come after the end of the dialog: that of a BYE, or of a request that crossed one. */
function reduce(record: EffectRecord): void {
  const { sent } = record;
  if (sent !== undefined && !(sent instanceof PastRequest) && sent.isFinal) record.sent = new PastRequest(sent);
}
