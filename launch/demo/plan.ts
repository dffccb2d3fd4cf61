import type { TransferMethod } from '../../contracts/transfer';
import type { Address } from './sip-endpoint';
import type { SipField } from './sip-message';
import type { Answering } from './user-agent';

/** The demonstration: who stands where, and what the bot asks for. */
export interface DemoPlan {
  host: string;
  sipPort: number;
  ports: DemoPorts;
  /** Final statuses of the two transfer targets, in the order the bot tries them. */
  targetAnswers: readonly [number, number];
  /** How the trunk transfers. */
  method: TransferMethod;
  /** `transferNotificationsHangupMS` */
  graceMs: number;
  handoverReason: string;
  /** `transferSipHeaders` for the demonstration's own caller. */
  headers: readonly SipField[];
  /** For any other caller: nothing that needs escaping, which some softphones get wrong (baresip 1.0). */
  plainHeaders: readonly SipField[];
}

export interface DemoPorts {
  bot: number;
  webhook: number;
  caller: number;
  busy: number;
  agent: number;
}

/** The number that the demonstration's trunk routes to the demonstration's bot. */
export const DEMO_NUMBER = '1000';
export const DEMO_BOT_ID = 'demo-bot';

/** The number whose bot answers and asks for nothing: a call to try things on. */
export const QUIET_NUMBER = '2000';
export const QUIET_USER = 'quiet';
export const DEMO_TRUNK = 'demo';

/** Ports in a row from `base`: bot, its webhook, caller, busy target, agent. */
export function demoPorts(base: number): DemoPorts {
  return { bot: base, webhook: base + 1, caller: base + 2, busy: base + 3, agent: base + 4 };
}

export function demoPlan(
  host: string,
  sipPort: number,
  ports: DemoPorts,
  targetAnswers: readonly [number, number],
  method: TransferMethod = 'refer'
): DemoPlan {
  return {
    host,
    sipPort,
    ports,
    targetAnswers,
    method,
    graceMs: 1_500,
    handoverReason: 'The caller asked for a person',
    headers: [{ name: 'X-Customer', value: '42 & more' }],
    plainHeaders: [{ name: 'X-Customer', value: '42' }],
  };
}

export function addressIn(plan: DemoPlan, peer: keyof DemoPorts): Address {
  return { host: plan.host, port: plan.ports[peer] };
}

/** `sip:` URI of a peer. */
export function uriIn(plan: DemoPlan, peer: 'bot' | 'caller' | 'busy' | 'agent'): string {
  return `sip:${peer}@${plan.host}:${plan.ports[peer]}`;
}

export function dialledUri(plan: DemoPlan, number: string = DEMO_NUMBER): string {
  return `sip:${number}@${plan.host}:${plan.sipPort}`;
}

/** The transfer targets in the order the bot tries them. */
export function targetsOf(plan: DemoPlan): [string, string] {
  return [uriIn(plan, 'busy'), uriIn(plan, 'agent')];
}

const REASON_PHRASES: Readonly<Record<number, string>> = {
  200: 'OK',
  404: 'Not Found',
  408: 'Request Timeout',
  480: 'Temporarily Unavailable',
  486: 'Busy Here',
  503: 'Service Unavailable',
  600: 'Busy Everywhere',
  603: 'Decline',
};

/** A target that is busy says so at once; others ring first. */
export function answeringWith(status: number): Answering {
  const isBusy = status === 486 || status === 600;
  const reasonPhrase = REASON_PHRASES[status] ?? (status < 300 ? 'OK' : 'Unavailable');
  return { status, reasonPhrase, rings: !isBusy, afterMs: isBusy ? 50 : 400 };
}
