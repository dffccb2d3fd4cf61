import { cseqOf, formatPeerMessage, header, headers, parsePeerMessage } from './sip-peer-message';
import type { PeerMessage } from './sip-peer-message';
import type { PeerAddress } from './sip-peer-socket';

const T1_MS = 500;
const T2_MS = 4_000;
const GIVE_UP_MS = 64 * T1_MS;

type Send = (text: string, to: PeerAddress) => void;

interface Repeated {
  text: string;
  to: PeerAddress;
  timer?: NodeJS.Timeout;
}

/**
 * What a peer needs where datagrams are lost, doubled and overtake each other (RFC 3261 section 17): requests and answers to INVITE are
 * repeated, repetitions that come are answered again and not seen by the test, and refusals of INVITE are acknowledged.
 */
export class PeerTransactions {
  private readonly requests = new Map<string, Repeated>();
  private readonly answers = new Map<string, Repeated>();
  private readonly acks = new Map<string, Repeated>();
  /** Requests and final responses that have come. */
  private readonly seen = new Set<string>();

  constructor(private readonly wire: Send) {}

  send(text: string, to: PeerAddress): void {
    const message = parsePeerMessage(text);
    const sent = { text, to };
    if (message.method === 'ACK') this.acks.set(dialogKey(message), sent);
    else if (message.method !== undefined) this.repeat(this.requests, transactionKey(message), sent);
    else this.answer(message, sent);
    this.wire(text, to);
  }

  /** @returns whether the test shall see the message */
  take(text: string, from: PeerAddress): boolean {
    const message = parsePeerMessage(text);
    if (message.status !== undefined) return this.takeResponse(message, from);
    if (message.method === 'ACK') return this.takeAck(message, text);
    const key = transactionKey(message);
    const answer = this.answers.get(key);
    if (answer !== undefined) this.wire(answer.text, answer.to);
    return this.isNew(key);
  }

  close(): void {
    for (const { timer } of [...this.requests.values(), ...this.answers.values()]) clearTimeout(timer);
  }

  private answer(message: PeerMessage, sent: Repeated): void {
    const key = transactionKey(message);
    const isFinal = (message.status ?? 0) >= 200;
    if (isFinal && cseqOf(message).method === 'INVITE') this.repeat(this.answers, key, sent);
    else this.answers.set(key, sent);
  }

  private takeResponse(response: PeerMessage, from: PeerAddress): boolean {
    const key = transactionKey(response);
    const request = this.requests.get(key);
    const isInvite = cseqOf(response).method === 'INVITE';
    if (request !== undefined && (isInvite || (response.status ?? 0) >= 200)) clearTimeout(request.timer);
    if ((response.status ?? 0) < 200) return true;
    if (isInvite) this.acknowledge(response, request, from);
    return this.isNew(`${key} ${header(response, 'To') ?? ''}`);
  }

  /** A 2xx that comes again gets the ACK of the test again; the ACK of a refusal is part of its transaction. */
  private acknowledge(response: PeerMessage, request: Repeated | undefined, from: PeerAddress): void {
    const known = this.acks.get(dialogKey(response));
    if ((response.status ?? 0) < 300) {
      if (known !== undefined) this.wire(known.text, known.to);
      return;
    }
    if (request === undefined) return;
    const invite = parsePeerMessage(request.text);
    const kept = invite.headers.filter(([name]) => ['Via', 'From', 'Call-ID', 'Max-Forwards', 'Route'].includes(name));
    const own: [string, string][] = [
      ['To', header(response, 'To') ?? ''],
      ['CSeq', `${cseqOf(invite).number} ACK`],
    ];
    this.wire(formatPeerMessage({ method: 'ACK', uri: invite.uri ?? '', headers: [...kept, ...own], body: '' }), from);
  }

  private takeAck(ack: PeerMessage, text: string): boolean {
    for (const [key, { timer, text: answer }] of this.answers)
      if (key.endsWith(' INVITE') && dialogKey(parsePeerMessage(answer)) === dialogKey(ack)) clearTimeout(timer);
    return this.isNew(text);
  }

  private repeat(table: Map<string, Repeated>, key: string, sent: Repeated, delayMs = T1_MS, passedMs = 0): void {
    table.set(key, sent);
    if (passedMs + delayMs > GIVE_UP_MS) return;
    sent.timer = setTimeout(() => {
      this.wire(sent.text, sent.to);
      this.repeat(table, key, sent, Math.min(2 * delayMs, T2_MS), passedMs + delayMs);
    }, delayMs);
  }

  private isNew(key: string): boolean {
    return this.seen.size < this.seen.add(key).size;
  }
}

/** Branch and method (RFC 3261 section 17.1.3): a CANCEL has the branch of its INVITE. */
function transactionKey(message: PeerMessage): string {
  const [via = ''] = headers(message, 'Via');
  return `${/branch=([^;,\s]+)/.exec(via)?.[1] ?? ''} ${cseqOf(message).method}`;
}

/** Call and number of an INVITE, which its ACK shares with it. */
function dialogKey(message: PeerMessage): string {
  return `${header(message, 'Call-ID') ?? ''} ${cseqOf(message).number}`;
}
