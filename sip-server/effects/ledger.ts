import { now } from '../clock';
import type { SentRequest } from '../dialog/sent-request';
import { Tally } from '../metrics/tally';
import type { Journal } from '../store/journal';
import type { Store, Table } from '../store/store';
import { PastRequest, rowOfEffect } from './past-request';
import type { EffectRow } from './past-request';

export interface LedgerSettings {
  /** How long a record is kept after its dialog or transaction ended, in milliseconds. Default 35000. */
  keepAfterEndMs: number;
  /** How long a record is kept at least, in milliseconds. Default 120000. */
  keepAtLeastMs: number;
  store: Store;
  journal: Journal;
}

/** Hears what became of an effect: one of the three is called, once. */
export interface EffectWaiter {
  onSent(sent: SentRequest): void;
  /** It was sent, and has its final response. */
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

interface OpenEffect {
  readonly startedAt: number;
  sent: SentRequest | undefined;
  /** Those who asked for the same effect while it was being sent. */
  waiting: EffectWaiter[];
  endedAt: number | undefined;
}

/**
 * What was sent under which effect id, so that a request that is asked for twice goes on the wire once. A record exists before its bytes
 * leave; one whose request was refused before that is forgotten, so that it can be tried again. Effects under way are in memory (their
 * requests are kept in the store by themselves), those that have their final response in the store only.
 */
export class EffectLedger {
  /** Requests with an effect id so far, by `new` and `repeated`. */
  readonly tally = new Tally();
  private readonly open = new Map<string, OpenEffect>();
  private readonly past: Table<EffectRow>;
  /** When the rows of effects that are over may go, in milliseconds since the epoch. */
  private readonly ending = new Map<string, number>();

  constructor(
    private readonly settings: LedgerSettings,
    private readonly clock: () => number = now
  ) {
    this.past = settings.store.table('effects');
  }

  /** Takes over what an earlier process left: the effects that are over go in their time. */
  restore(): void {
    for (const row of this.past.rows()) this.noteEnding(row);
  }

  /** Takes over an effect that was under way in an earlier process. */
  restoreSent(id: string, sent: SentRequest): void {
    this.open.set(id, { startedAt: sent.sentAt, sent, waiting: [], endedAt: undefined });
  }

  look(id: string): EffectLook | undefined {
    const row = this.open.has(id) ? undefined : this.past.get(id);
    if (row === undefined) return this.open.get(id);
    return { startedAt: row.startedAt, sent: new PastRequest(row), endedAt: row.endedAt };
  }

  /**
   * Opens a record when the id is new.
   * @returns true when the caller has to send; else `waiter` hears of the request that was sent before, or will be
   */
  claim(id: string, waiter: EffectWaiter): boolean {
    const effect = this.open.get(id);
    const row = effect === undefined ? this.past.get(id) : undefined;
    this.tally.add(effect === undefined && row === undefined ? 'new' : 'repeated');
    if (effect?.sent !== undefined) waiter.onSent(effect.sent);
    else if (effect !== undefined) effect.waiting.push(waiter);
    else if (row !== undefined) waiter.onPast(new PastRequest(row));
    else {
      this.open.set(id, { startedAt: this.clock(), sent: undefined, waiting: [], endedAt: undefined });
      return true;
    }
    return false;
  }

  /** @returns the request that was sent under this id; undefined while it is being sent, and when it has its final response */
  sentUnder(id: string): SentRequest | undefined {
    return this.open.get(id)?.sent;
  }

  recordSent(id: string, sent: SentRequest): void {
    const effect = this.open.get(id);
    if (effect === undefined) return;
    effect.sent = sent;
    for (const waiter of effect.waiting.splice(0)) waiter.onSent(sent);
  }

  recordRefused(id: string, reason: string): void {
    const effect = this.open.get(id);
    this.open.delete(id);
    for (const waiter of effect?.waiting ?? []) waiter.onRefused(reason);
  }

  /** Nothing more will come back for an effect; runs inside of a commit. */
  settle(id: string, sent: SentRequest): void {
    const effect = this.open.get(id);
    if (effect?.sent !== sent) return;
    const row = { ...rowOfEffect(id, sent), endedAt: effect.endedAt };
    this.past.put(id, row);
    this.open.delete(id);
    this.noteEnding(row);
  }

  /** The dialog of the effect is over, or its transaction when it has none. */
  recordEnd(id: string): void {
    const effect = this.open.get(id);
    if (effect !== undefined) effect.endedAt ??= this.clock();
    else if (!this.ending.has(id)) this.settings.journal.note({ save: () => this.endPast(id) });
  }

  /** Forgets the effects whose time is over. */
  sweep(): void {
    const time = this.clock();
    for (const [id, at] of this.ending) {
      if (time < at) continue;
      this.ending.delete(id);
      this.settings.journal.note({ save: () => this.past.remove(id) });
    }
  }

  private endPast(id: string): void {
    const row = this.past.get(id);
    if (row === undefined) return;
    row.endedAt = this.clock();
    this.past.put(id, row);
    this.noteEnding(row);
  }

  private noteEnding({ effectId, startedAt, endedAt }: EffectRow): void {
    if (endedAt === undefined) return;
    const { keepAfterEndMs, keepAtLeastMs } = this.settings;
    const time = this.clock();
    const [began, ended] = [Math.min(startedAt, time), Math.min(endedAt, time)];
    this.ending.set(effectId, Math.max(ended + keepAfterEndMs, began + keepAtLeastMs));
  }
}
