/** Every identifier that leaves a process is made and parsed here, and fixed by docs/adr/0001-wire-formats.md. */

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** 80 bits in lower-case base32: 16 characters of `a`-`z`, `2`-`7`. */
export type CallId = Branded<'CallId'>;
/** `call-<callId>` */
export type CallWorkflowId = Branded<'CallWorkflowId'>;
/** A SIP tag of ours, `<callId>-<leg>-<attempt>`: our To tag in dialogs we accept, our From tag in dialogs we open. */
export type LegTag = Branded<'LegTag'>;
/**
 * `<callId>/<kind>/<n>`: names one effect on the wire; a SIP server that keeps a ledger never repeats it. `/host<n>` behind it: the same at
 * another host of the trunk. `/auth<n>` behind that: the same request again, with an answer to its n-th challenge.
 */
export type EffectId = Branded<'EffectId'>;
/** `<callId>-<start of the run>`: the key of a call detail record. */
export type RecordKey = Branded<'RecordKey'>;

/**
 * The legs of a call. `caller`: the dialog the caller opened. `bot` and `target`: dialogs we open. `returned`: the call that a peer opens to
 * us because of our REFER.
 */
export const LEG_KINDS = ['caller', 'bot', 'target', 'returned'] as const;
export type LegKind = (typeof LEG_KINDS)[number];

/** A leg's place in its call: `attempt` counts from 0 within its kind. */
export interface LegName {
  kind: LegKind;
  attempt: number;
}

/**
 * Kinds of effect that must not happen twice. `relay-*`: a peer's request passed on to the leg of that name, numbered by `relayNumber`;
 * otherwise `n` is a counter of the call.
 */
export const EFFECT_KINDS = [
  'invite-bot',
  'invite-target',
  'refer',
  'reinvite-caller',
  'reinvite-bot',
  'reinvite-target',
  'reinvite-returned',
  'info-caller',
  'notify-bot',
  'relay-offer-caller',
  'relay-offer-bot',
  'relay-offer-target',
  'relay-offer-returned',
  'relay-info-caller',
  'relay-info-bot',
  'relay-info-target',
  'relay-info-returned',
] as const;
export type EffectKind = (typeof EFFECT_KINDS)[number];

const CALL_ID = /^[a-z2-7]{16}$/;
const LEG_TAG = /^([a-z2-7]{16})-(caller|bot|target|returned)-(\d{1,6})$/i;

export function isCallId(text: string): text is CallId {
  return CALL_ID.test(text);
}

export function callWorkflowId(callId: CallId): CallWorkflowId {
  return `call-${callId}` as CallWorkflowId;
}

/** @returns the call id within `call-<callId>`, or undefined for any other workflow id */
export function callIdOfWorkflow(workflowId: string): CallId | undefined {
  const callId = workflowId.startsWith('call-') ? workflowId.slice('call-'.length) : '';
  return isCallId(callId) ? callId : undefined;
}

export function legTag(callId: CallId, leg: LegName): LegTag {
  return `${callId}-${leg.kind}-${leg.attempt}` as LegTag;
}

/** Tags compare without case (RFC 3261 section 7.3.1), so a peer may send ours back in another one. */
export function parseLegTag(tag: string): { callId: CallId; leg: LegName } | undefined {
  const match = LEG_TAG.exec(tag);
  if (!match) return undefined;
  const [, callId, kind, attempt] = match as unknown as [string, string, string, string];
  return {
    callId: callId.toLowerCase() as CallId,
    leg: { kind: kind.toLowerCase() as LegKind, attempt: Number(attempt) },
  };
}

export function effectId(callId: CallId, kind: EffectKind, n: number): EffectId {
  return `${callId}/${kind}/${n}` as EffectId;
}

/** The effect that a REGISTER is: `<Call-ID>/register/<CSeq number>`. */
export function registerEffectId(sipCallId: string, cseq: number): EffectId {
  return `${sipCallId}/register/${cseq}` as EffectId;
}

/**
 * The effect that a request is when it goes out again with an answer to a challenge.
 * @param n how many times it has been challenged
 */
export function challengedEffectId(effect: EffectId, n: number): EffectId {
  return `${effect}/auth${n}` as EffectId;
}

/**
 * The effect that an INVITE is at another host of its trunk.
 * @param place of the host among those of the trunk, from 1 on
 */
export function failoverEffectId(effect: EffectId, place: number): EffectId {
  return `${effect}/host${place}` as EffectId;
}

/** The effect of the same kind that follows: a second try of the same thing. */
export function effectAfter(effect: EffectId): EffectId {
  const [callId, kind, n, ...rest] = effect.split('/') as [CallId, EffectKind, string, ...string[]];
  return [effectId(callId, kind, Number(n) + 1), ...rest].join('/') as EffectId;
}

/** Larger than any CSeq number (RFC 3261 section 8.1.1.5). */
const CSEQ_SPAN = 10_000_000_000;

/** Number of the effect that passes a peer's request on: its CSeq number, told apart by leg where a kind has several (attempts above 0). */
export function relayNumber({ attempt }: LegName, cseq: number): number {
  return attempt * CSEQ_SPAN + cseq;
}

/** @param startedAt start of the workflow run */
export function recordKey(callId: CallId, startedAt: Date): RecordKey {
  return `${callId}-${startedAt.toISOString().replace(/[-:.]/g, '')}` as RecordKey;
}

/** The task queue for the workflows and activities of one SIP node's calls. */
export function nodeTaskQueue(node: string): string {
  return `sip-${node}`;
}

/** The drachtio dialog id: `<Call-ID>;from-tag=<From tag of the request that opened the dialog>`. */
export function dialogId(sipCallId: string, openerTag: string): string {
  return `${sipCallId};from-tag=${openerTag}`;
}
