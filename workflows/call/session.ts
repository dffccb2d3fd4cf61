import { log, workflowInfo } from '@temporalio/workflow';
import type {
  CallerAnswer,
  CallInput,
  CallPhase,
  PromptRecord,
  RefusedTransfer,
  TimelineEntry,
} from '../../contracts/call';
import { NO_PARAMS } from '../../contracts/edge-reading';
import type { CarriedCall } from './carried-call';
import { Conversation } from './conversation/conversation';
import { Delayed } from './delayed';
import { showPhase } from './display';
import { EffectNumbers } from './effect-numbers';
import { InOrder } from './in-order';
import { LegLog } from './leg-log';
import { withoutOldMedia } from './legs';
import { Outbox } from './outbox';
import { languageOf } from './params';
import type { Pausable } from './pausable';
import { keepPrompt } from './prompts';
import { Receipts } from './receipts';
import { SeenRequests } from './seen-requests';
import type { CallEvent, CallState } from './state';
import { initialCallState } from './state';
import { timelineEntry } from './timeline';
import { transition } from './transition';
import { Underway } from './underway';
import { WebhookLine } from './webhook-line';

/** Entries kept: the latest tell most, and state must stay small. */
const TIMELINE_LENGTH = 100;

/** One call while it is carried out: its state, and what belongs to it but decides nothing. What it holds goes from run to run. */
export class CallSession {
  readonly startedAt: Date;
  /** When the longest duration of the call ends, in ms. */
  readonly limitAtMs: number;
  readonly outbox: Outbox;
  /** With a bot behind the Bot API. */
  readonly conversation: Conversation | undefined;
  readonly receipts: Receipts;
  readonly seen: SeenRequests;
  /** INFOs, metadata and the bot's hang-up. */
  readonly inOrder: InOrder;
  /** Activities that wait for their `delay`. */
  readonly delayed: Delayed;
  /** Parameters that the bot gave for the rest of the call. */
  sessionParams: Record<string, unknown>;
  /** Names them; undefined when it is not known how. */
  paramsName: string | undefined;
  readonly legLog: LegLog;
  readonly prompts: PromptRecord[];
  readonly refused: RefusedTransfer[];
  readonly timeline: TimelineEntry[];
  readonly numbers: EffectNumbers;
  /** What the caller's INVITE is answered with, once known. */
  answer: CallerAnswer | undefined;
  /** BYEs whose answers the end of the call waits for. */
  readonly byes = new Underway();
  /** REFERs and NOTIFYs to the bot whose answers are open. */
  readonly sendings = new Underway();
  /** The last ringing that the bot was told of in the present attempt. */
  toldProgress: number | undefined;
  /** NOTIFYs to a bot that asked for a transfer by REFER, in order. */
  reports: Promise<void> | undefined;
  /** Settles when what the bot has sent so far has been read. */
  reading: Promise<void> = Promise.resolve();
  /** Events of the history when a handler of an update began for the last time: the same in all of one workflow task. */
  updatedAtEvent = 0;
  /** The call stays in this run until its history has this many events. */
  staysUntilEvent = 0;
  /** What goes on beside the story. */
  readonly #beside: readonly Pausable[];
  #state: CallState;

  /** @param carried from the run before; absent in the first */
  constructor(
    readonly input: CallInput,
    carried?: CarriedCall
  ) {
    this.startedAt = carried ? new Date(carried.startedAtMs) : workflowInfo().startTime;
    this.limitAtMs = carried?.limitAtMs ?? Date.now() + input.trunk.maxCallMs;
    const { webhook, connector } = input.channel;
    this.conversation = connector && new Conversation(this, connector, carried?.conversation);
    const toWebhook = webhook === undefined ? undefined : this.#webhookLine(webhook);
    this.outbox = new Outbox(input.callId, this.conversation ?? toWebhook, carried?.events);
    this.receipts = new Receipts(carried?.receipts);
    this.seen = new SeenRequests(carried?.seen);
    this.inOrder = new InOrder(this, carried?.ordered);
    this.delayed = new Delayed(this, carried?.delayed);
    this.sessionParams = carried?.sessionParams ?? {};
    this.paramsName = carried ? carried.paramsName : NO_PARAMS;
    this.legLog = new LegLog(carried?.legs);
    this.prompts = [...(carried?.prompts ?? [])];
    this.refused = [...(carried?.refused ?? [])];
    this.timeline = [...(carried?.timeline ?? [])];
    this.numbers = new EffectNumbers(carried?.numbers);
    this.answer = carried?.answer;
    this.#state = carried?.state ?? initialCallState;
    const { outbox, inOrder, delayed, conversation } = this;
    this.#beside = [outbox, inOrder, delayed, ...(conversation ? [conversation] : [])];
  }

  get state(): CallState {
    return this.#state;
  }

  get phase(): CallPhase {
    return this.#state.phase;
  }

  isIn(phase: CallPhase): boolean {
    return this.phase === phase;
  }

  get isEnded(): boolean {
    return this.isIn('ended');
  }

  /** Nothing is under way beside the story and the handlers of messages. */
  get isIdle(): boolean {
    return [...this.#beside, this.byes, this.sendings].every(({ isIdle }) => isIdle);
  }

  pause(): void {
    for (const each of this.#beside) each.pause();
  }

  resume(): void {
    for (const each of this.#beside) each.resume();
  }

  /** What the next run begins with. */
  get carried(): CarriedCall {
    return {
      startedAtMs: this.startedAt.getTime(),
      limitAtMs: this.limitAtMs,
      state: withoutOldMedia(this.#state),
      ...(this.answer === undefined ? {} : { answer: this.answer }),
      sessionParams: this.sessionParams,
      ...(this.paramsName === undefined ? {} : { paramsName: this.paramsName }),
      timeline: this.timeline,
      legs: this.legLog.legs,
      prompts: this.prompts,
      refused: this.refused,
      receipts: this.receipts.kept,
      seen: this.seen.kept,
      events: this.outbox.contents,
      ordered: this.inOrder.waiting,
      delayed: this.delayed.waiting,
      ...(this.conversation ? { conversation: this.conversation.kept } : {}),
      numbers: this.numbers.counts,
    };
  }

  /** The one place where state changes. */
  apply(event: CallEvent): void {
    const before = this.#state;
    this.#state = transition(before, event);
    this.note(timelineEntry(event, before, this.#state));
    if (this.#state === before) return;
    this.legLog.observe(this.#state, event);
    showPhase(this, before.phase);
  }

  #webhookLine(webhook: string): WebhookLine {
    const { callId, channel } = this.input;
    return new WebhookLine(callId, webhook, channel, () => languageOf(this));
  }

  /** Keeps what could not be played. */
  recordPrompt(prompt: PromptRecord): void {
    this.note(keepPrompt(this.prompts, prompt));
  }

  /** Adds a line to the timeline. */
  note(entry: Omit<TimelineEntry, 'n' | 'at'>): void {
    const n = (this.timeline.at(-1)?.n ?? 0) + 1;
    this.timeline.push({ n, at: new Date().toISOString(), ...entry });
    if (this.timeline.length > TIMELINE_LENGTH) this.timeline.shift();
    log.info(entry.event, { callId: this.input.callId, phase: this.phase, detail: entry.detail });
  }
}
