import { unescaped } from '../../contracts/unescaped';
import { within } from '../within';
import type { PeerUri } from './peer-uri';
import { parsePeerUri } from './peer-uri';
import type { Answer, IncomingRequest } from './port';
import { cseqOf, tagOf } from './sent-request';
import type { SrfRequest, SrfResponse } from './srf';

/** Beyond this the SIP server will not answer a frame any more. */
const REPLY_LIMIT_MS = 5_000;

/** A peer's request as drachtio-srf delivers it, in the words of the port. */
export function incomingRequest(req: SrfRequest, res: SrfResponse): IncomingRequest {
  return {
    method: req.method,
    uri: req.uri,
    source: req.source,
    sourceAddress: req.source_address,
    transactionId: req.stackTxnId,
    dialogId: req.stackDialogId ?? '',
    sipCallId: req.get('Call-ID'),
    from: fromOf(req),
    to: addressOf(req, 'To'),
    target: parsePeerUri(req.uri),
    branch: /;\s*branch=([^;,\s]+)/i.exec(req.get('Via'))?.[1] ?? '',
    fromTag: tagOf(req, 'From') ?? '',
    toTag: tagOf(req, 'To'),
    cseq: cseqOf(req.get('CSeq')),
    body: req.body ?? '',
    header: (name) => (req.has(name) ? req.get(name) : undefined),
    onCancel: (listener) => req.on('cancel', listener),
    respond: (answer) => respond(req, res, answer),
  };
}

function addressOf(req: SrfRequest, header: 'From' | 'To'): PeerUri & { name?: string } {
  const { name, uri = '' } = (req.getParsedHeader(header) ?? {}) as { name?: string; uri?: string };
  return { user: '', host: '', ...parsePeerUri(uri), ...(name === undefined ? {} : { name }) };
}

function fromOf(req: SrfRequest): IncomingRequest['from'] {
  const { user, host, name } = addressOf(req, 'From');
  const displayName = name?.trim().replace(/^"|"$/g, '') ?? '';
  return { user: unescaped(user), host, ...(displayName === '' ? {} : { displayName }) };
}

async function respond(
  req: SrfRequest,
  res: SrfResponse,
  { status, reason, headers = {}, body, toTag }: Answer
): Promise<boolean> {
  const to = toTag === undefined || tagOf(req, 'To') !== undefined ? {} : { to: `${req.get('To')};tag=${toTag}` };
  const options = { headers: { ...headers, ...to }, ...(body === undefined ? {} : { body }) };
  // srf throws at once when its socket is gone.
  const sent = new Promise<boolean>((resolve) =>
    res.send(status, reason, options, (err) => resolve(err === null || err === undefined))
  );
  return (await within(REPLY_LIMIT_MS, sent).catch(() => false)) ?? false;
}
