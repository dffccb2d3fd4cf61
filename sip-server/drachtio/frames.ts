import { randomUUID } from 'node:crypto';
import { bracketed } from '../message/host-port';
import type { SipMessage } from '../message/message';
import { withReason } from '../message/respond';
import { serialize } from '../message/serialize';
import type { Trail } from '../dialog/sent-request';

/** A frame of a client: its tokens, and the SIP text behind the first line. */
export interface ClientFrame {
  /** Token 0. */
  msgId: string;
  /** Token 1. */
  verb: string;
  /** The tokens from 2 on. */
  args: string[];
  sip: Buffer | undefined;
}

const carriageReturn = 0x0d;

/** @returns undefined when the two leading tokens are missing */
export function parseClientFrame(payload: Buffer): ClientFrame | undefined {
  const lineEnd = payload.indexOf(carriageReturn);
  const line = payload.toString('utf8', 0, lineEnd < 0 ? payload.length : lineEnd);
  const [msgId = '', verb = '', ...args] = line.split('|');
  if (msgId === '' || verb === '') return undefined;
  return { msgId, verb, args, sip: lineEnd < 0 ? undefined : payload.subarray(lineEnd + 2) };
}

type Source = 'network' | 'application';

/** A request outside of any dialog; `receivedOn` is the address that the peer sent it to. */
export function initialRequestFrame(
  message: SipMessage,
  trail: Trail,
  transactionId: string,
  receivedOn: { host: string; port: number }
): Buffer {
  const tail = [transactionId, '', receivedOn.host, String(receivedOn.port), ''];
  return encode(['sip', ...trailTokens('network', trail), ...tail], message);
}

/** A request in a dialog, a CANCEL, or a response to a client's request. The dialog id may be empty. */
export function networkFrame(
  message: SipMessage | Buffer,
  trail: Trail,
  transactionId: string,
  dialogId: string
): Buffer {
  return encode(['sip', ...trailTokens('network', trail), transactionId, dialogId, ''], message);
}

/** A request that the server sent by itself. */
export function unsolicitedFrame(message: SipMessage, trail: Trail, dialogId: string): Buffer {
  return encode(['sip', ...trailTokens('application', trail), 'unsolicited', dialogId, ''], message);
}

export function okFrame(msgId: string, ...tokens: string[]): Buffer {
  return encode(['response', msgId, 'OK', ...tokens]);
}

/** The reply to a client's request: the request as sent. */
export function requestSentFrame(
  msgId: string,
  message: SipMessage | Buffer,
  trail: Trail,
  transactionId: string
): Buffer {
  const tokens = [...trailTokens('application', trail), transactionId, 'Msg sent:', ''];
  return encode(['response', msgId, 'OK', ...tokens], message);
}

/** The reply to a client's response: the response as sent. */
export function responseSentFrame(
  msgId: string,
  message: SipMessage,
  trail: Trail,
  transactionId: string,
  dialogId: string
): Buffer {
  const tokens = [...trailTokens('application', trail), transactionId, dialogId, '', 'Msg sent:', ''];
  return encode(['response', msgId, 'OK', ...tokens], message);
}

export function failureFrame(msgId: string, reason: string): Buffer {
  return encode(['response', msgId, 'NOK', reason]);
}

/** The reply before a connection is closed: it did not authenticate. */
export function rejectionFrame(msgId: string, reason: string): Buffer {
  return encode(['response', msgId, 'NO', reason]);
}

function trailTokens(source: Source, { bytes, protocol, address, port, time }: Trail): string[] {
  return [source, String(bytes), protocol, bracketed(address), String(port), time];
}

/** Tokens have no escape: separators in them become spaces. */
function encode(tokens: string[], message?: SipMessage | Buffer): Buffer {
  const line = [randomUUID(), ...tokens].map((token) => token.replace(/[|\r\n]+/g, ' ')).join('|');
  if (message === undefined) return Buffer.from(line);
  const sip = Buffer.isBuffer(message) ? message : serialize(withReason(message));
  return Buffer.concat([Buffer.from(`${line}\r\n`), sip]);
}
