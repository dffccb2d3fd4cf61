import type { Logger } from 'pino';
import { leadingLineBreaks } from '../message/header-block';
import { bracketed } from '../message/host-port';
import type { SipMessage, SipResponse } from '../message/message';
import { MalformedMessage } from '../message/parse';
import { serialize } from '../message/serialize';
import { Tally } from '../metrics/tally';
import { chooseListener } from './choose-listener';
import type { Carrier } from './carrier';
import { plainCarrier, TlsCarrier } from './carrier';
import { ListenError, seenFrom } from './listen-spec';
import type { ListenSpec } from './listen-spec';
import { defaultStreamLimits } from './stream-framing';
import type { StreamLimits } from './stream-framing';
import type { ConnectionEvents } from './tcp-connection';
import { MalformedMessages, parsed } from './malformed-messages';
import { isStream } from './protocol';
import { TcpListener } from './tcp';
import type { TcpSettings } from './tcp';
import type { TlsCredentials } from './tls-credentials';
import { utcTimeOfDay } from './time-of-day';
import type { Flow, Listener, Received, Target } from './types';
import { UdpListener } from './udp';
import { stampSource, viaTarget } from './via-routing';

export interface TransportSettings {
  log: Logger;
  /** Default 64 KiB of headers and 1 MiB of body. */
  limits?: StreamLimits | undefined;
  /** Default 5000. */
  connectTimeoutMs?: number | undefined;
  /** A message on a stream must be complete in this time after its first byte, in milliseconds. Default 32000, 64*T1. */
  messageTimeoutMs?: number | undefined;
  /** Connections that peers may have open to one TCP or TLS address. Default 2000. */
  maxConnections?: number | undefined;
  /** Needed to listen on TLS. */
  tls?: TlsCredentials | undefined;
  /** Takes note of what limits kept out. */
  dropped?: Tally | undefined;
  /** Whether one more malformed message of this address is answered. Default: always. */
  mayRefuse?: ((address: string) => boolean) | undefined;
}

/** No listener can send to a target. */
export class NoListener extends Error {
  override readonly name = 'NoListener';
}

/**
 * The transport layer of RFC 3261 section 18 over UDP, TCP and TLS. Responses and requests go out on a `Flow`. The handlers below may be set
 * at any time before `listen`; none of them can make a socket's handler throw.
 */
export class TransportLayer {
  /** A message that parsed; of a request the top Via has `received` and `rport` of the real source. */
  onReceived: (received: Received) => void = () => undefined;
  /** A message that did not parse. It was answered when `problem.partial` is set and its source has not sent too many, else dropped. */
  onMalformed: (problem: MalformedMessage, flow: Flow) => void = () => undefined;
  /** Every message that goes out. */
  onSent: (message: SipMessage, bytes: Buffer, flow: Flow) => void = () => undefined;
  /** Decides when what is sent may leave; in the order in which it is asked. */
  hold: (leave: () => void) => void = (leave) => leave();
  /** A connection is gone, or could not be opened. */
  onFlowClosed: (flow: Flow) => void = () => undefined;

  private readonly log: Logger;
  private readonly tcpSettings: TcpSettings;
  private readonly tls: TlsCredentials | undefined;
  private readonly malformed: MalformedMessages;
  private readonly bound: (UdpListener | TcpListener)[] = [];

  constructor({
    log,
    limits,
    connectTimeoutMs,
    messageTimeoutMs,
    maxConnections,
    tls,
    ...settings
  }: TransportSettings) {
    this.log = log;
    this.tls = tls;
    const dropped = settings.dropped ?? new Tally();
    this.malformed = new MalformedMessages(log, dropped, settings.mayRefuse);
    this.tcpSettings = {
      limits: limits ?? defaultStreamLimits,
      connectTimeoutMs: connectTimeoutMs ?? 5000,
      messageTimeoutMs: messageTimeoutMs ?? 32_000,
      maxConnections: maxConnections ?? 2000,
      dropped,
    };
  }

  get listeners(): readonly Listener[] {
    return this.bound.map(({ listener }) => listener);
  }

  /** Binds all addresses. @throws ListenError naming the first that failed, with none left bound */
  async listen(specs: readonly ListenSpec[]): Promise<void> {
    try {
      for (const spec of specs) this.bound.push(await this.bind(spec));
      this.tls?.watch();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** The listener that requests to this target are sent from. */
  chooseListener(target: Target): Listener | undefined {
    const chosen = chooseListener(this.listeners, target);
    return chosen && seenFrom(chosen, target.address);
  }

  /**
   * The connection that is open to a target, whoever opened it.
   * @returns undefined when there is none, and for UDP
   */
  openFlowTo(target: Target): Flow | undefined {
    return this.streamsOf(target)
      .map((bound) => bound.openFlowTo(target))
      .find((flow) => flow !== undefined);
  }

  /** The connection that `targetOf` its flow named, while it is open. */
  connectionOf(target: Target): Flow | undefined {
    return this.streamsOf(target)
      .map((bound) => bound.connectionOf(target))
      .find((flow) => flow !== undefined);
  }

  /**
   * The way to a target: an open connection to it, a new one, or its UDP address.
   * @throws NoListener when no listener has its protocol and IP family
   */
  flowTo(target: Target): Flow {
    const open = this.openFlowTo(target);
    if (open !== undefined) return open;
    const listener = chooseListener(this.listeners, target);
    const bound = this.bound.find((candidate) => candidate.listener === listener);
    if (bound === undefined) {
      throw new NoListener(`no ${target.protocol} listener can reach ${bracketed(target.address)}:${target.port}`);
    }
    return bound instanceof TcpListener ? bound.connect(target) : bound.flowTo(target);
  }

  /**
   * Sends on a flow; a datagram is never moved to TCP for its size.
   * @param onFailed runs at most once, and never before `send` returns
   * @param bytes the message serialized, when that was done before
   * @returns the message's size in bytes
   */
  send(
    message: SipMessage,
    flow: Flow,
    onFailed: (reason: string) => void,
    bytes: Buffer = serialize(message)
  ): number {
    this.hold(() => flow.write(bytes, (reason) => this.report(() => onFailed(reason))));
    this.report(() => this.onSent(message, bytes, flow));
    return bytes.length;
  }

  /**
   * Sends a response the way its request came. Where that connection is gone, a new one is opened to `received` and the port of
   * sent-by (RFC 3261 section 18.2.2).
   * @returns the message's size in bytes
   */
  respond(response: SipResponse, flow: Flow, onFailed: (reason: string) => void): number {
    return this.send(response, flow, (reason) => {
      const target = isStream(flow.protocol) ? viaTarget(response, flow) : undefined;
      try {
        if (target === undefined) onFailed(reason);
        else this.send(response, this.flowTo(target), onFailed);
      } catch (error) {
        onFailed((error as Error).message);
      }
    });
  }

  async close(): Promise<void> {
    this.tls?.unwatch();
    await Promise.all(this.bound.splice(0).map((bound) => bound.close()));
  }

  private streamsOf({ protocol }: Target): TcpListener[] {
    if (!isStream(protocol)) return [];
    const streams = this.bound.filter((bound): bound is TcpListener => bound instanceof TcpListener);
    return streams.filter(({ listener }) => listener.protocol === protocol);
  }

  private bind(spec: ListenSpec): Promise<UdpListener | TcpListener> {
    if (spec.protocol === 'udp')
      return UdpListener.bind(spec, this.log, (bytes, flow) => this.receiveDatagram(bytes, flow));
    const events: ConnectionEvents = {
      onMessage: (bytes, flow) => this.receive(bytes, flow, 'stream'),
      onBroken: (problem, flow) => this.report(() => this.onBroken(problem, flow)),
      onClosed: (flow) => this.report(() => this.onFlowClosed(flow)),
    };
    return TcpListener.bind(spec, this.carrierOf(spec), this.tcpSettings, this.log, events);
  }

  private carrierOf(spec: ListenSpec): Carrier {
    if (spec.protocol !== 'tls') return plainCarrier;
    if (this.tls === undefined) throw new ListenError(spec, new Error('no certificate is configured'));
    return new TlsCarrier(this.tls, this.tcpSettings.messageTimeoutMs, this.log);
  }

  private receiveDatagram(bytes: Buffer, flow: Flow): void {
    const isKeepAlive = leadingLineBreaks(bytes) === bytes.length;
    if (!isKeepAlive) this.receive(bytes, flow, 'datagram');
  }

  private receive(bytes: Buffer, flow: Flow, framing: 'datagram' | 'stream'): void {
    const time = utcTimeOfDay();
    this.report(() => {
      const message = parsed(bytes, framing);
      if (message instanceof MalformedMessage) {
        this.onBroken(message, flow);
        return;
      }
      if (message.kind === 'request') stampSource(message, flow);
      this.onReceived({ message, bytes: bytes.length, flow, time });
    });
  }

  /** The answer depends on nothing that is kept, and a broken stream is closed behind it. */
  private onBroken(problem: MalformedMessage, flow: Flow): void {
    const response = this.malformed.answerTo(problem, flow);
    if (response !== undefined) {
      const bytes = serialize(response);
      flow.write(bytes, () => undefined);
      this.report(() => this.onSent(response, bytes, flow));
    }
    this.onMalformed(problem, flow);
  }

  /** Runs a handler so that its fault reaches the log and not the socket. */
  private report(handler: () => void): void {
    try {
      handler();
    } catch (error) {
      this.log.error({ err: error }, 'fault in the handling of a SIP message');
    }
  }
}
