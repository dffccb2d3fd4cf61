import type { Logger } from 'pino';
import { now } from '../clock';
import { SipHeaders } from '../message/headers';
import type { SipResponse } from '../message/message';
import { Tally } from '../metrics/tally';
import { Slumber } from '../slumber';
import type { Timers } from '../transaction/timers';
import { transactionTime } from '../transaction/timers';
import { isStream } from '../transport/protocol';
import type { Dialog } from './dialog';
import { keyOf } from './dialogs';
import type { Dialogs } from './dialogs';
import type { RequestDraft } from './in-dialog-request';
import type { SentRequest } from './sent-request';
import { after } from './timer';
import type { UserAgentClient } from './user-agent-client';

export interface ProbesContext {
  dialogs: Pick<Dialogs, 'keys' | 'get'>;
  userAgent: Pick<UserAgentClient, 'sendInDialog' | 'endByServer'>;
  timers: Timers;
  /** How many peers are asked each second; 0: none. */
  probesPerS: number;
  log: Logger;
}

/** How often a peer is asked that says nothing. */
type Round = 'first' | 'last';

/** What a probe found: that the peer has the dialog, that it has not, or nothing that could be relied on. */
type Finding = 'alive' | 'gone' | 'silent' | 'unknown';

/**
 * Asks peers whether they still have their dialogs, by OPTIONS in the dialog: a peer that hung up while nobody listened has had no answer
 * to its BYE and will not send it again. Whoever asks for something by itself needs not be asked.
 */
export class DialogProbes {
  /** Findings. */
  readonly tally = new Tally();
  /** Keys of the dialogs whose peers are still to be asked. */
  private readonly waiting = new Map<string, Round>();
  private turn: NodeJS.Timeout | undefined;

  private readonly slumber: Slumber;

  constructor(private readonly context: ProbesContext) {
    const { timers } = context;
    this.slumber = new Slumber({
      // A request is repeated for 64*T1 at intervals of T2 at most, so that after a shorter sleep it still comes.
      longerThanMs: transactionTime(timers) - timers.t2,
      onAwake: (sleptMs) => {
        context.log.warn({ sleptMs: Math.round(sleptMs) }, 'this process did nothing for a while');
        this.begin();
      },
    });
  }

  /** Asks the peers of all dialogs that there are, now and whenever the process has slept. */
  start(): void {
    if (this.context.probesPerS === 0) return;
    this.begin();
    this.slumber.start();
  }

  stop(): void {
    this.slumber.stop();
    clearTimeout(this.turn);
    this.waiting.clear();
  }

  /** A peer's request has shown that it has the dialog. */
  heard(dialog: Dialog): void {
    if (this.waiting.size > 0) this.waiting.delete(keyOf(dialog.id));
  }

  /** Those that are repeating a request have the time to come with it first. */
  private begin(): void {
    const { dialogs, timers, log } = this.context;
    for (const key of dialogs.keys()) this.waiting.set(key, 'first');
    if (this.waiting.size > 0)
      log.info({ dialogs: this.waiting.size }, 'peers are asked whether they have their dialogs');
    this.nextIn(timers.t2 * 1.25);
  }

  private nextIn(delayMs: number): void {
    clearTimeout(this.turn);
    this.turn = this.waiting.size === 0 ? undefined : after(delayMs, () => this.next());
  }

  private next(): void {
    for (const [key, round] of this.waiting) {
      this.waiting.delete(key);
      // Uneven steps, so that servers that came up together do not ask together.
      this.nextIn((1000 / this.context.probesPerS) * (0.5 + Math.random()));
      const dialog = this.context.dialogs.get(key);
      if (dialog !== undefined && this.isWorthAsking(dialog)) this.ask(dialog, round);
      return;
    }
  }

  /** A session timer that is due before the answer to a probe must be there finds out as well. */
  private isWorthAsking({ state, isEnding, session }: Dialog): boolean {
    const soon = now() + transactionTime(this.context.timers);
    return state === 'confirmed' && !isEnding && (session.dueAt ?? Infinity) > soon;
  }

  private ask(dialog: Dialog, round: Round): void {
    let sent: SentRequest | undefined;
    this.context.userAgent.sendInDialog(dialog, probe(), {
      owner: undefined,
      effectId: undefined,
      onSent: (options) => (sent = options),
      onRefused: () => undefined,
      onFinal: (response) => this.onAnswer(dialog, round, findingOf(response, dialog, sent)),
    });
  }

  private onAnswer(dialog: Dialog, round: Round, finding: Finding): void {
    if (finding === 'silent' && round === 'first') {
      this.waiting.set(keyOf(dialog.id), 'last');
      if (this.turn === undefined) this.nextIn(0);
      return;
    }
    this.tally.add(finding);
    if (finding === 'alive' || finding === 'unknown' || dialog.state !== 'confirmed') return;
    const reason = finding === 'gone' ? 'the peer has ended the dialog' : 'the peer does not answer any more';
    this.context.log.warn({ callId: dialog.callId, reason }, 'dialog ended by the server');
    this.context.userAgent.endByServer(dialog, reason);
  }
}

function probe(): RequestDraft {
  return { method: 'OPTIONS', headers: SipHeaders.from([['Accept', 'application/sdp']]), body: Buffer.alloc(0) };
}

/**
 * 481 and 408 end a dialog, and so does no answer at all (RFC 3261 section 12.2.1.2), except where nothing may have reached the peer: behind
 * a NAT, or on a connection that only the peer can open again. What a proxy or the transport says of the way there says nothing of the dialog.
 */
function findingOf({ status }: SipResponse, { natTarget }: Dialog, sent: SentRequest | undefined): Finding {
  const { transaction } = sent ?? {};
  if (status === 481) return 'gone';
  if (transaction?.isHeard !== true) {
    const isReachable = natTarget === undefined && transaction !== undefined && !isStream(transaction.target.protocol);
    return status === 408 && isReachable ? 'silent' : 'unknown';
  }
  return status === 408 ? 'silent' : 'alive';
}
