import type { Logger } from 'pino';
import type { Sender } from '../dialog/client-context';
import { unknownDialog } from '../dialog/client-context';
import type { Dialog } from '../dialog/dialog';
import type { Dialogs } from '../dialog/dialogs';
import { nextHopOf } from '../dialog/next-hops';
import type { SentRequest } from '../dialog/sent-request';
import { trailTo } from '../dialog/sent-request';
import type { UserAgentClient } from '../dialog/user-agent-client';
import type { EffectLedger, EffectWaiter } from '../effects/ledger';
import type { SipRequest } from '../message/message';
import { serialize } from '../message/serialize';
import { randomUUID } from 'node:crypto';
import type { PastRequest } from '../effects/past-request';
import { isBodyUntyped } from './client-message';
import type { ClientConnection } from './connection';
import { failureFrame, networkFrame, requestSentFrame } from './frames';
import type { Ownership } from './ownership';
import type { SentRequests } from './sent-requests';

export interface ClientRequestContext {
  userAgent: UserAgentClient;
  dialogs: Dialogs;
  ledger: EffectLedger;
  sentRequests: SentRequests;
  ownership: Ownership;
  /** True while no more requests of clients are taken but those in dialogs. */
  isFull(): boolean;
  log: Logger;
}

/** Names the effect that a request is; never on the wire. */
const effectHeader = 'X-Effect-Id';

const initialMethods = new Set(
  'INVITE BYE OPTIONS REGISTER INFO PRACK UPDATE MESSAGE SUBSCRIBE NOTIFY REFER PUBLISH'.split(' ')
);

/** One request of a client with its way to reply. */
interface Asked {
  connection: ClientConnection;
  msgId: string;
  request: SipRequest;
}

/** Requests of clients: outside of dialogs, inside of them, and CANCEL. */
export class ClientRequests {
  constructor(private readonly context: ClientRequestContext) {}

  /** A request outside of any dialog. `nextHop` is a URI or `host[:port]` and defaults to the Request-URI. */
  initial(connection: ClientConnection, msgId: string, request: SipRequest, nextHop: string | undefined): void {
    const asked = { connection, msgId, request };
    if (!initialMethods.has(request.method)) this.refuse(asked, `${request.method} cannot be sent outside of a dialog`);
    else if (isBodyUntyped(request)) this.refuse(asked, 'missing Content-Type');
    else if (this.context.isFull()) this.refuse(asked, 'too many requests are under way');
    else {
      const hop = nextHop === undefined || nextHop === '' ? request.uri : nextHopOf(nextHop);
      this.sendOnce(asked, undefined, (sender) => this.context.userAgent.sendInitial(request, hop, sender));
    }
  }

  inDialog(connection: ClientConnection, msgId: string, request: SipRequest, dialogId: string): void {
    const asked = { connection, msgId, request };
    const dialog = this.context.dialogs.get(dialogId);
    if (request.method === 'CANCEL') this.refuse(asked, 'CANCEL needs the transaction id of its INVITE');
    else if (isBodyUntyped(request)) this.refuse(asked, 'missing Content-Type');
    else if (request.method === 'ACK') this.acknowledge(asked, dialog, dialogId);
    else {
      this.sendOnce(asked, dialog, (sender) => {
        if (dialog === undefined || dialog.state === 'ended') sender.onRefused(unknownDialog(dialogId));
        else this.context.userAgent.sendInDialog(dialog, request, sender);
      });
    }
  }

  /** `transactionId` is that of the INVITE, or its effect id: then any client can cancel it, whoever sent it. */
  cancel(connection: ClientConnection, msgId: string, request: SipRequest, transactionId: string): void {
    const asked = { connection, msgId, request };
    takeEffectId(request);
    const { sentRequests, ledger } = this.context;
    const invite = sentRequests.pending(transactionId) ?? ledger.sentUnder(transactionId);
    const cancel = invite && this.context.userAgent.cancel(invite, request.headers.entries());
    if (request.method !== 'CANCEL') this.refuse(asked, `${request.method} needs no transaction id`);
    else if (invite?.transaction === undefined || cancel === undefined) {
      this.refuse(asked, `unknown transaction ${transactionId}`);
    } else {
      const trail = trailTo(invite.transaction.target, serialize(cancel).length);
      connection.send(requestSentFrame(msgId, cancel, trail, randomUUID()));
    }
  }

  /** Sends a request, unless the same effect was sent before: then the client gets what that one got. */
  private sendOnce(asked: Asked, dialog: Dialog | undefined, send: (sender: Sender) => void): void {
    const { connection, request } = asked;
    const effectId = takeEffectId(request);
    if (effectId !== undefined && !this.context.ledger.claim(effectId, this.repetition(asked))) return;
    if (dialog !== undefined) this.context.ownership.claimIfOrphaned(dialog, connection);
    send({
      owner: connection.owner,
      effectId,
      onSent: (sent) => {
        this.reply(asked, sent);
        this.context.sentRequests.add(sent);
        if (effectId !== undefined) this.context.ledger.recordSent(effectId, sent);
      },
      onRefused: (reason) => {
        this.refuse(asked, reason);
        if (effectId !== undefined) this.context.ledger.recordRefused(effectId, reason);
      },
    });
  }

  private repetition(asked: Asked): EffectWaiter {
    return {
      onSent: (sent) => {
        if (sent.dialog !== undefined) this.context.ownership.claimIfOrphaned(sent.dialog, asked.connection);
        this.context.sentRequests.takeOver(sent, asked.connection);
        this.reply(asked, sent);
        this.context.sentRequests.replay(sent, asked.connection);
      },
      onPast: (past) => {
        const dialog = this.context.dialogs.get(past.dialogId);
        if (dialog !== undefined) this.context.ownership.claimIfOrphaned(dialog, asked.connection);
        this.recall(asked, past);
      },
      onRefused: (reason) => this.refuse(asked, reason),
    };
  }

  /** Tells what became of a request that is over. */
  private recall({ connection, msgId }: Asked, { id, dialogId, sent, responses }: PastRequest): void {
    connection.send(requestSentFrame(msgId, sent.sip, sent.trail, id));
    for (const { sip, trail } of responses) connection.send(networkFrame(sip, trail, id, dialogId));
  }

  private acknowledge(asked: Asked, dialog: Dialog | undefined, dialogId: string): void {
    const { connection, msgId, request } = asked;
    takeEffectId(request);
    if (dialog === undefined || dialog.state === 'ended') {
      this.refuse(asked, unknownDialog(dialogId));
      return;
    }
    const invite = dialog.latestInvite;
    this.context.ownership.claimIfOrphaned(dialog, connection);
    this.context.userAgent.acknowledgements.send(
      dialog,
      request,
      (ack) => {
        connection.send(requestSentFrame(msgId, ack.request, trailTo(ack.nextHop.target, ack.bytes), randomUUID()));
        if (invite !== undefined) this.context.sentRequests.settle(invite.sent);
      },
      (reason) => this.refuse(asked, reason)
    );
  }

  private reply({ connection, msgId }: Asked, { request, trail, id }: SentRequest): void {
    connection.send(requestSentFrame(msgId, request, trail, id));
  }

  private refuse({ connection, msgId, request }: Asked, reason: string): void {
    this.context.log.debug({ client: connection.id, method: request.method, reason }, 'client request refused');
    connection.send(failureFrame(msgId, reason));
  }
}

/** Takes the effect id out of a request. ACK and CANCEL have none of their own: repeating them does no harm. */
function takeEffectId({ headers }: SipRequest): string | undefined {
  const effectId = headers.get(effectHeader);
  headers.delete(effectHeader);
  return effectId;
}
