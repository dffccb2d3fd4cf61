import { bracketed, formatHostPort } from '../message/host-port';
import type { SipMessage } from '../message/message';
import type { MalformedMessage } from '../message/parse';
import { startLine } from '../message/serialize';
import type { TrafficObserver } from '../transport/observe';
import { utcTimeOfDay } from '../transport/time-of-day';
import type { Flow, Received } from '../transport/types';
import { shownBodyLine, shownValue, withoutPasswords } from './secrets';

/** Enough of a Call-ID to tell calls apart on a screen. */
const shownCallIdChars = 12;

/** Prints the message flow as it happens: one line a message, or the whole message. Secrets are never printed. */
export class Trace implements TrafficObserver {
  constructor(
    private readonly isFull: boolean,
    private readonly print: (text: string) => void
  ) {}

  onReceived({ message, flow, time }: Received): void {
    this.show(time, '<-', message, flow);
  }

  onSent(message: SipMessage, _bytes: unknown, flow: Flow): void {
    this.show(utcTimeOfDay(), '->', message, flow);
  }

  onMalformed({ message }: MalformedMessage, flow: Flow): void {
    this.print(`${utcTimeOfDay()} <- ${peerOf(flow)} malformed: ${printable(message)}`);
  }

  private show(time: string, arrow: string, message: SipMessage, flow: Flow): void {
    const { headers } = message;
    const callId = (headers.get('Call-ID') ?? '').slice(0, shownCallIdChars);
    const title = withoutPasswords(message.kind === 'request' ? requestTitle(message) : startTitle(message));
    const line = `${time} ${arrow} ${peerOf(flow)} ${title} | ${headers.get('CSeq') ?? ''} | ${callId}`;
    this.print(this.isFull ? [printable(line), ...contentOf(message), ''].join('\n') : printable(line));
  }
}

function requestTitle({ method, uri }: { method: string; uri: string }): string {
  return `${method} ${uri}`;
}

function startTitle(message: SipMessage): string {
  return startLine(message).slice('SIP/2.0 '.length);
}

function contentOf({ headers, body }: SipMessage): string[] {
  const fields = [...headers.entries()].map(([name, value]) => printable(`${name}: ${shownValue(name, value)}`));
  const text =
    body.length === 0
      ? []
      : [
          '',
          ...body
            .toString('utf8')
            .split(/\r?\n/)
            .map((line) => printable(shownBodyLine(line))),
        ];
  return [...fields, ...text].map((line) => `    ${line}`);
}

function peerOf({ protocol, remote }: Flow): string {
  return `${protocol} ${formatHostPort({ host: bracketed(remote.address), port: remote.port })}`;
}

/** Peers must not be able to steer the terminal that this is read on. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '?');
}
