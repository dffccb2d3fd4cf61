import type { Logger } from 'pino';
import type { SipMessage, SipResponse } from '../message/message';
import { MalformedMessage, parseMessage } from '../message/parse';
import { responseTo } from '../message/respond';
import type { Tally } from '../metrics/tally';
import { PacedLog } from './paced-log';
import type { Flow } from './types';
import { stampSource } from './via-routing';

/** What did not parse: logged at a bounded pace, and answered where it can be and its source has not sent too many. */
export class MalformedMessages {
  private readonly paced = new PacedLog();

  constructor(
    private readonly log: Logger,
    private readonly dropped: Tally,
    private readonly mayRefuse: (address: string) => boolean = () => true
  ) {}

  /** @returns undefined when it is dropped */
  answerTo({ message, partial, status }: MalformedMessage, flow: Flow): SipResponse | undefined {
    const { remote } = flow;
    this.paced.note(remote.address, (count) =>
      this.log.info({ problem: message, remote, count }, 'malformed SIP message')
    );
    if (partial === undefined) return undefined;
    if (!this.mayRefuse(remote.address)) {
      this.dropped.add('malformed');
      return undefined;
    }
    stampSource(partial, flow);
    return responseTo(partial, status);
  }
}

export function parsed(bytes: Buffer, framing: 'datagram' | 'stream'): SipMessage | MalformedMessage {
  try {
    return parseMessage(bytes, framing);
  } catch (error) {
    if (error instanceof MalformedMessage) return error;
    throw error;
  }
}
