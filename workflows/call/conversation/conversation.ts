import { ActivityFailure, CancellationScope, condition, isCancellation, patched, uuid4 } from '@temporalio/workflow';
import type { BotEvent, ConversationEndEvent } from '../../../contracts/bot-events';
import type { EndReasonCode } from '../../../contracts/call';
import type { BotRefusal, ConnectorOfCall, CreatedConversation } from '../../../contracts/connector';
import type { Said } from '../../../contracts/edge-reading';
import type { CallId } from '../../../contracts/ids';
import { createConversation, disconnectConversation, holdConversation, postActivities } from '../effects';
import { failureDetails, failureText, isActivityFailure } from '../failure';
import type { BotLine } from '../outbox';
import type { Pausable } from '../pausable';
import type { CallSession } from '../session';
import { holdingOptions } from './holding-options';

/** What a conversation leaves to the next run. */
export interface KeptConversation {
  created?: CreatedConversation;
  isHeard: boolean;
  /** Lost, or disconnected. */
  isOver: boolean;
}

/** Why a conversation could not be created. */
export interface ConversationFailure extends BotRefusal {
  reason: string;
}

interface Creation {
  scope: CancellationScope;
  isDone: boolean;
}

/** Of the engine's end of a request: what the bot's time limit leaves out. */
const SLACK_MS = 1_000;

/** The conversation with a bot behind the Bot API in chat mode, from its creation to its disconnection. */
export class Conversation implements BotLine, Pausable {
  #created: CreatedConversation | undefined;
  /** What the bot says can reach the call: its WebSocket is open, where it has one. */
  #isHeard: boolean;
  /** Lost, or disconnected. */
  #isOver: boolean;
  #isPaused: boolean;
  /** Its creation, when the call ended before it was done. */
  #creation: Creation | undefined;
  /** While it is held. */
  #holding: CancellationScope | undefined;

  /** @param kept what an earlier run left; begins with `resume` */
  constructor(
    private readonly call: CallSession,
    private readonly connector: ConnectorOfCall,
    kept?: KeptConversation
  ) {
    this.#created = kept?.created;
    this.#isHeard = kept?.isHeard ?? false;
    this.#isOver = kept?.isOver ?? false;
    this.#isPaused = kept !== undefined;
  }

  get kept(): KeptConversation {
    const created = this.#created ? { created: this.#created } : {};
    return { ...created, isHeard: this.#isHeard, isOver: this.#isOver };
  }

  get isIdle(): boolean {
    return this.#holding === undefined;
  }

  /** Events may wait for the bot to be heard: it is let go when it is. */
  pause(): void {
    this.#isPaused = true;
    if (this.#isHeard) this.#letGo();
  }

  resume(): void {
    this.#isPaused = false;
    this.#holdAgain();
  }

  /** Creates it, or begins to: a call that ends meanwhile does not wait for it. @returns why it could not be */
  async open(): Promise<ConversationFailure | undefined> {
    const creation: Creation = { scope: new CancellationScope(), isDone: false };
    const creating = creation.scope.run(() => this.#create()).finally(() => (creation.isDone = true));
    await Promise.race([creating, condition(() => this.call.isEnded)]);
    if (creation.isDone || !patched('2026-11-end-while-creating')) return creating;
    this.#creation = creation;
    this.call.outbox.open();
    return undefined;
  }

  async #create(): Promise<ConversationFailure | undefined> {
    const { deadlineMs } = this.connector;
    const { callId: conversation, channel } = this.call.input;
    const input = { botId: channel.botId, conversation, connector: this.connector, id: uuid4() };
    const limits = { scheduleToCloseTimeout: deadlineMs + SLACK_MS, startToCloseTimeout: deadlineMs + SLACK_MS };
    try {
      this.#created = await createConversation.executeWithOptions({ ...limits, summary: 'conversation ← bot' }, [
        { ...input, timestamp: new Date().toISOString() },
      ]);
    } catch (err) {
      const isGivenUp = this.#creation !== undefined && isCancellation(err);
      if (!(err instanceof ActivityFailure) || (isCancellation(err) && !isGivenUp)) throw err;
      this.#isOver = true;
      return { reason: `no conversation with the bot: ${failureText(err)}`, ...failureDetails<BotRefusal>(err) };
    }
    if (this.#creation) return undefined;
    this.call.outbox.open();
    this.#isHeard ||= this.#created.webSocketUrl === undefined;
    void this.#hold(this.#created, false);
    return undefined;
  }

  webSocketOpened(): void {
    this.#isHeard = true;
    if (this.#isPaused) this.#letGo();
  }

  /** What is said to a bot that cannot be heard yet would be answered to nobody. */
  async deliver(events: BotEvent[]): Promise<readonly Said[]> {
    await condition(() => this.#isHeard || this.#isOver || this.call.isEnded);
    const activities = events.filter(({ name }) => name !== 'conversationEnd');
    const answered = activities.length > 0 && !this.#isOver ? await this.#tell(activities) : [];
    const end = events.find((event) => event.name === 'conversationEnd');
    if (end) await this.#disconnect(end);
    return this.call.isEnded ? [] : answered;
  }

  async #tell(activities: BotEvent[]): Promise<Said[]> {
    const summary = `${activities.map(({ name }) => name).join(', ')} → bot`;
    const url = this.#created?.activitiesUrl ?? '';
    const input = { ...this.#request(), url, activities, takesReadings: true as const };
    try {
      const limits = this.#limits(this.connector.deadlineMs);
      const answers = await postActivities.executeWithOptions({ ...limits, summary }, [input]);
      return Array.isArray(answers) ? unread(answers) : answers.said;
    } catch (err) {
      if (!isActivityFailure(err)) throw err;
      this.#lose(failureText(err));
      return [];
    }
  }

  async #disconnect({ value }: ConversationEndEvent): Promise<void> {
    await this.#endCreation();
    const { disconnectUrl: url } = this.#created ?? {};
    const { timeoutMs, deadlineMs } = this.connector;
    try {
      if (url !== undefined)
        await disconnectConversation.executeWithOptions(
          // A bot that is lost is told once, for what it is worth.
          { ...this.#limits(this.#isOver ? timeoutMs : deadlineMs), summary: 'disconnect → bot' },
          [{ ...this.#request(), url, reason: value.reason, reasonCode: spoken(value.reasonCode) }]
        );
    } catch (err) {
      if (!isActivityFailure(err)) throw err;
      this.call.note({ event: 'BotNotDisconnected', detail: failureText(err) });
    } finally {
      this.#isOver = true;
      this.#letGo();
    }
  }

  /** What the bot still creates for a call that has ended is disconnected; it gets the time of one request for it. */
  async #endCreation(): Promise<void> {
    if (!this.#creation) return;
    const creation = this.#creation;
    const isDone = (): boolean => creation.isDone;
    await condition(isDone, this.connector.timeoutMs, { summary: 'until the conversation is created' });
    creation.scope.cancel();
    await condition(isDone);
  }

  /** Until it is let go, or lost. @param isDue nobody knows when it was refreshed */
  async #hold({ refreshUrl: url, expiresS, webSocketUrl }: CreatedConversation, isDue: boolean): Promise<void> {
    const refresh = url === undefined || expiresS === undefined ? {} : { refresh: { url, expiresS, isDue } };
    const socket = webSocketUrl === undefined ? {} : { webSocketUrl };
    const input = { ...this.#request(), deadlineMs: this.connector.deadlineMs, ...refresh, ...socket };
    if (!('refresh' in input) && !('webSocketUrl' in input)) return;
    const holding = new CancellationScope();
    this.#holding = holding;
    try {
      const options = { ...holdingOptions(webSocketUrl !== undefined, expiresS), summary: 'holds the conversation' };
      await holding
        .run(() => holdConversation.executeWithOptions(options, [input]))
        .finally(() => {
          this.#holding = undefined;
          if (webSocketUrl !== undefined) this.#unheard();
        });
    } catch (err) {
      // Also when the worker that was to let go has died.
      if (holding.consideredCancelled) this.#holdAgain();
      else if (err instanceof ActivityFailure) this.#lose(failureText(err));
      else throw err;
    }
  }

  /** Its WebSocket is shut. Calls that read by local activities go on as they did: a replay may miss a patch's marker behind one. */
  #unheard(): void {
    const { readsByActivity } = this.call.input;
    if (!this.#isOver && readsByActivity === true && patched('2026-11-heard-anew')) this.#isHeard = false;
  }

  /** Unless it is held, or not to be. */
  #holdAgain(): void {
    if (this.#created && !this.#isOver && !this.#isPaused && !this.#holding) void this.#hold(this.#created, true);
  }

  #letGo(): void {
    this.#holding?.cancel();
  }

  #lose(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#letGo();
    this.call.apply({ type: 'BotLost', reason: `the bot was lost: ${reason}` });
  }

  #request(): { botId: string; conversation: CallId; timeoutMs: number } {
    const { callId, channel } = this.call.input;
    return { botId: channel.botId, conversation: callId, timeoutMs: this.connector.timeoutMs };
  }

  /** Of a request that is repeated until the deadline. */
  #limits(deadlineMs: number): { scheduleToCloseTimeout: number; startToCloseTimeout: number } {
    return {
      scheduleToCloseTimeout: deadlineMs + SLACK_MS,
      startToCloseTimeout: this.connector.timeoutMs + SLACK_MS,
    };
  }
}

/** The vendor's words; of a call that nobody talked in, the nearest. */
function spoken(reasonCode: EndReasonCode): EndReasonCode {
  if (reasonCode === 'caller-cancelled' || reasonCode === 'caller-gone') return 'client-disconnected';
  return reasonCode === 'bot-unavailable' ? 'error' : reasonCode;
}

/** What a worker of an older version says of an answer: its activities. */
function unread(activities: unknown[]): Said[] {
  return activities.length === 0 ? [] : [{ payload: { activities } }];
}
