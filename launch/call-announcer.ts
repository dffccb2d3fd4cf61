import { setTimeout as delay } from 'node:timers/promises';
import type { CallListItem } from '../client/call-list';
import type { CallsClient } from '../client/calls';

const LOOK_EVERY_MS = 1_000;

/** A call may begin and end between two looks, and the list lags behind. */
const LOOK_BACK_MS = 30_000;

export interface AnnouncerOptions {
  calls: Pick<CallsClient, 'all'>;
  /** Whose calls are told. */
  botIds: readonly string[];
  /** Where to look at a call. */
  linkTo: (callId: string) => string;
  say: (text: string) => void;
}

/** Tells of each call that is up, and of its end. */
export class CallAnnouncer {
  /** The calls that were told of. */
  #told = new Map<string, 'up' | 'ended'>();

  constructor(private readonly options: AnnouncerOptions) {}

  /** Looks again and again. A list that cannot be had is asked for again. */
  async run(stopping: AbortSignal): Promise<void> {
    for (let sinceMs = Date.now(); !stopping.aborted;) {
      await this.look(new Date(sinceMs).toISOString()).catch(() => undefined);
      await delay(LOOK_EVERY_MS, undefined, { signal: stopping }).catch(() => undefined);
      sinceMs = Math.max(sinceMs, Date.now() - LOOK_BACK_MS);
    }
  }

  /** @param upSince calls that ended before are not told of, ISO 8601 in UTC */
  async look(upSince: string): Promise<void> {
    const found = new Map<string, 'up' | 'ended'>();
    for await (const call of this.options.calls.all({ upSince })) {
      if (!this.options.botIds.includes(call.botId)) continue;
      const before = this.#told.get(call.callId);
      if (before === undefined) this.#say(beginText(call, this.options.linkTo));
      if (call.phase === 'ended' && before !== 'ended') this.#say(endText(call));
      found.set(call.callId, call.phase === 'ended' ? 'ended' : 'up');
    }
    this.#told = found;
  }

  /** What a caller sends must not steer the terminal. */
  #say(text: string): void {
    this.options.say(text.replace(/\p{Cc}/gu, ''));
  }
}

function beginText({ callId, caller, callee, botId }: CallListItem, linkTo: (callId: string) => string): string {
  return `call ${callId} from ${caller} to ${callee}, bot ${botId}: ${linkTo(callId)}`;
}

function endText({ callId, outcome }: CallListItem): string {
  return `call ${callId} ended${outcome === undefined ? '' : `: ${outcome}`}`;
}
