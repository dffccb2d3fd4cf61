import { log, workflowInfo } from '@temporalio/workflow';
import type {
  CallerAnswer,
  CallInput,
  CallPhase,
  PromptRecord,
  RefusedTransfer,
  TimelineEntry,
} from '../../contracts/call';
import { showPhase } from './display';
import { LegLog } from './leg-log';
import { Outbox } from './outbox';
import { Receipts } from './receipts';
import { SeenRequests } from './seen-requests';
import type { CallEvent, CallState } from './state';
import { initialCallState } from './state';
import { timelineEntry } from './timeline';
import { transition } from './transition';
import { WebhookLine } from './webhook-line';

/** Entries kept: the latest tell most, and state must stay small. */
const TIMELINE_LENGTH = 100;

/** Prompts kept for the record. */
const PROMPTS_KEPT = 100;
const PROMPT_DETAIL_LENGTH = 80;

/** One call while it is carried out: its state, and what belongs to it but decides nothing. */
export class CallSession {
  readonly startedAt: Date;
  readonly outbox: Outbox;
  readonly receipts = new Receipts();
  readonly seen = new SeenRequests();
  /** INFOs and metadata on their way, in order. */
  infos: Promise<void> = Promise.resolve();
  /** Parameters that the bot gave for the rest of the call. */
  sessionParams: Record<string, unknown> = {};
  readonly legLog = new LegLog();
  readonly prompts: PromptRecord[] = [];
  readonly refused: RefusedTransfer[] = [];
  /** BYEs that have been sent, answered or not. */
  readonly byes: Promise<void>[] = [];
  readonly timeline: TimelineEntry[] = [];
  /** What the caller's INVITE is answered with, once known. */
  answer: CallerAnswer | undefined;
  /** The last ringing that the bot was told of in the present attempt. */
  toldProgress: number | undefined;
  /** NOTIFYs to a bot that asked for a transfer by REFER, in order. */
  reports: Promise<void> | undefined;
  #reports = 0;
  #infos = 0;
  #refers = 0;
  #state: CallState = initialCallState;

  constructor(readonly input: CallInput) {
    this.startedAt = workflowInfo().startTime;
    const { webhook } = input.channel;
    this.outbox = new Outbox(webhook === undefined ? undefined : new WebhookLine(input.callId, webhook, input.channel));
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

  /** The one place where state changes. */
  apply(event: CallEvent): void {
    const before = this.#state;
    this.#state = transition(before, event);
    this.note(timelineEntry(event, before, this.#state));
    if (this.#state === before) return;
    this.legLog.observe(this.#state, event);
    showPhase(this, before.phase);
  }

  /** Number of the next REFER. */
  nextRefer(): number {
    return ++this.#refers;
  }

  /** Number of the next NOTIFY to the bot. */
  nextReport(): number {
    return ++this.#reports;
  }

  /** Number of the next INFO of ours. */
  nextInfo(): number {
    return ++this.#infos;
  }

  /** Keeps what could not be played. */
  recordPrompt(prompt: PromptRecord): void {
    this.note({ event: 'PromptRecorded', detail: `${prompt.name}: ${prompt.content.slice(0, PROMPT_DETAIL_LENGTH)}` });
    this.prompts.push(prompt);
    if (this.prompts.length > PROMPTS_KEPT) this.prompts.shift();
  }

  /** Adds a line to the timeline. */
  note(entry: Omit<TimelineEntry, 'n' | 'at'>): void {
    const n = (this.timeline.at(-1)?.n ?? 0) + 1;
    this.timeline.push({ n, at: new Date().toISOString(), ...entry });
    if (this.timeline.length > TIMELINE_LENGTH) this.timeline.shift();
    log.info(entry.event, { callId: this.input.callId, phase: this.phase, detail: entry.detail });
  }
}
