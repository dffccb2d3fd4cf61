import type { DemoPlan } from './plan';
import type { SipMessage } from './sip-message';
import { cseqOf, headerOf, methodOf, uriOf } from './sip-message';
import type { PeerName, TraceEntry, TracedBotEvent, TracedBotRequest, TracedMessage } from './trace';

/** What the workflow's history says, counted. */
export interface HistoryFacts {
  isCompleted: boolean;
  /** Completed activities by type. */
  completedActivities: Readonly<Record<string, number>>;
  runId?: string;
}

/** The parts of a call detail record that the demonstration checks. */
export interface RecordFacts {
  callId: string;
  end: { reasonCode: string };
  transfers: { target: string; outcome?: { status: string; reasonCode?: string | undefined } | undefined }[];
}

/** Everything that a demonstration call is judged by. Nothing in it is the worker's own word but the record, which is checked itself. */
export interface Evidence {
  plan: DemoPlan;
  entries: readonly TraceEntry[];
  /** Absent when the history could not be read. */
  history?: HistoryFacts;
  /** Every record that was found for the call. */
  records: readonly RecordFacts[];
}

/** The evidence of one call, with the questions that checks ask of it. Retransmissions are left out. */
export class CallEvidence {
  readonly plan: DemoPlan;
  readonly history: HistoryFacts | undefined;
  readonly records: readonly RecordFacts[];
  private readonly messages: readonly TracedMessage[];
  private readonly botEvents: readonly TracedBotEvent[];
  private readonly botRequests: readonly TracedBotRequest[];

  constructor(evidence: Evidence) {
    this.plan = evidence.plan;
    this.history = evidence.history;
    this.records = evidence.records;
    this.messages = evidence.entries.filter((entry) => entry.kind === 'sip').filter(({ isRepeat }) => !isRepeat);
    this.botEvents = evidence.entries.filter((entry) => entry.kind === 'event');
    this.botRequests = evidence.entries.filter((entry) => entry.kind === 'request');
  }

  /** Requests of a method that a peer received or sent. */
  requests(peer: PeerName, direction: 'in' | 'out', method: string): TracedMessage[] {
    return this.messages.filter((m) => m.peer === peer && m.direction === direction && m.message.method === method);
  }

  /** Final responses on the other direction to one of those requests. */
  finalResponses({ peer, direction, message }: TracedMessage): TracedMessage[] {
    return this.messages.filter(
      (m) =>
        m.peer === peer && m.direction !== direction && (m.message.status ?? 0) >= 200 && answers(m.message, message)
    );
  }

  /** Statuses of the final responses to one of those requests. */
  finalStatuses(request: TracedMessage): number[] {
    return this.finalResponses(request).map(({ message }) => message.status ?? 0);
  }

  /** The INVITE with which the caller called us. */
  callersInvite(): TracedMessage | undefined {
    return this.requests('caller', 'out', 'INVITE')[0];
  }

  /** The caller's requests within its call with us, in the given direction; not those of its calls with targets. */
  withinCallersLeg(direction: 'in' | 'out', method: string): TracedMessage[] {
    const invite = this.callersInvite();
    return this.requests('caller', direction, method).filter(
      (m) => invite !== undefined && headerOf(m.message, 'Call-ID') === headerOf(invite.message, 'Call-ID')
    );
  }

  /** NOTIFYs of the caller whose fragment is a final status, in order. */
  finalNotifies(): TracedMessage[] {
    return this.withinCallersLeg('out', 'NOTIFY').filter(({ message }) => fragmentStatus(message) >= 200);
  }

  /** When the grace begins: the caller reports that a target answered, or is itself joined with it. */
  handedOverAt(): number | undefined {
    if (this.plan.method === 'refer')
      return this.finalNotifies().find(({ message }) => fragmentStatus(message) < 300)?.at;
    const join = this.withinCallersLeg('in', 'INVITE')[0];
    return join && this.finalResponses(join).find(({ message }) => message.status === 200)?.at;
  }

  events(name: string): TracedBotEvent[] {
    return this.botEvents.filter(({ event }) => event.name === name);
  }

  requestsOfBot(name: string): TracedBotRequest[] {
    return this.botRequests.filter(({ activity }) => activity.name === name);
  }
}

function answers(response: SipMessage, request: SipMessage): boolean {
  return (
    headerOf(response, 'Call-ID') === headerOf(request, 'Call-ID') &&
    cseqOf(response).number === cseqOf(request).number &&
    methodOf(response) === request.method
  );
}

/** Status of a `message/sipfrag` body (RFC 3420), 0 when it has none. */
export function fragmentStatus(notify: SipMessage): number {
  return Number(/^SIP\/2\.0 (\d{3})/.exec(notify.body)?.[1] ?? 0);
}

/** The URI in a header of that name. */
export function uriInHeader({ message }: TracedMessage, name: string): string {
  return uriOf(headerOf(message, name));
}
