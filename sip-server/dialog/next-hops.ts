import { isIP } from 'node:net';
import type { Logger } from 'pino';
import { unbracketed } from '../message/host-port';
import type { SipRequest } from '../message/message';
import { parseNameAddr } from '../message/name-addr';
import { parseUri } from '../message/uri';
import type { NextHop } from '../transaction/types';
import type { Locator } from '../transport/locate';
import { defaultPort, protocolOf } from '../transport/protocol';
import { targetOf } from '../transport/types';
import type { Target } from '../transport/types';
import type { Dialog } from './dialog';
import { nextHopUri } from './in-dialog-request';
import type { RegisteredFlows } from './registered-flows';

export interface NextHopsContext {
  locator: Pick<Locator, 'locate' | 'noteFailure'>;
  registered: RegisteredFlows;
  /** Sends requests to peers behind a NAT where those send from. */
  natDetection: boolean;
  log: Logger;
}

/** What may go to a registered peer over the connection that it registered by. */
const methodsToRegistered = new Set(['INVITE', 'OPTIONS', 'NOTIFY', 'MESSAGE']);

/** Finds where requests go. Addresses are used at once; only names take time. */
export class NextHops {
  constructor(private readonly context: NextHopsContext) {}

  /**
   * Calls `use` with the way of a request outside of dialogs whose next hop is `uri`, or with why there is none; at once for an address
   * and for a registered peer.
   */
  find(request: SipRequest, uri: string, use: (found: NextHop | Error) => void): void {
    const flow = methodsToRegistered.has(request.method) ? this.context.registered.find(request.uri) : undefined;
    const target = flow === undefined ? literalTarget(uri) : targetOf(flow);
    if (target !== undefined) use({ target, flow });
    else void this.lookUp(uri).then((found) => this.run(() => use(found)));
  }

  /** Calls `use` with the way into a dialog: its open connection, else its next hop. Calls keep their order. */
  findForDialog(dialog: Dialog, use: (found: NextHop | Error) => void): void {
    const known = this.immediateHop(dialog);
    if (known !== undefined && dialog.resolving === undefined) {
      use(known);
      return;
    }
    const turn = (dialog.resolving ?? Promise.resolve()).then(async () => {
      const found = this.immediateHop(dialog) ?? (await this.lookUp(nextHopUri(dialog)));
      if (dialog.resolving === turn) dialog.resolving = undefined;
      this.run(() => use(found));
    });
    dialog.resolving = turn;
  }

  /** A target failed: it comes last for a while. */
  noteFailure(target: Target): void {
    this.context.locator.noteFailure(target);
  }

  private immediateHop(dialog: Dialog): NextHop | undefined {
    const { flow, routeSet, remoteTarget } = dialog;
    const open = flow?.isOpen === true ? flow : undefined;
    const way = open ?? (routeSet.length === 0 ? this.context.registered.find(remoteTarget) : undefined);
    if (way !== undefined) return { target: targetOf(way), flow: way };
    if (this.context.natDetection && dialog.natTarget !== undefined) return { target: dialog.natTarget };
    const target = literalTarget(nextHopUri(dialog));
    if (target === undefined) return undefined;
    return { target: { ...target, domain: dialog.peerDomain } };
  }

  /** A fault of the user must not end as an unhandled rejection. */
  private run(use: () => void): void {
    try {
      use();
    } catch (error) {
      this.context.log.error({ err: error }, 'fault in the sending of a request');
    }
  }

  private async lookUp(uri: string): Promise<NextHop | Error> {
    try {
      const [target, ...alternatives] = await this.context.locator.locate(uri);
      return { target, alternatives };
    } catch (error) {
      return error as Error;
    }
  }
}

/** The URI in what names a next hop: a URI, a name-addr, or `host[:port]`. */
export function nextHopOf(text: string): string {
  const bare = text.includes('<') ? parseNameAddr(text).uri : text.trim();
  return /^[A-Za-z][A-Za-z0-9+.-]*:(?!\d+$)/.test(bare) ? bare : `sip:${bare}`;
}

/** True for a URI that some listener could ever serve. */
export function isSupportedUri(text: string): boolean {
  const uri = parseUri(text);
  return uri.host !== '' && protocolOf(uri) !== undefined;
}

function literalTarget(text: string): Target | undefined {
  const uri = parseUri(text);
  const address = unbracketed(uri.host);
  const protocol = protocolOf(uri);
  if (isIP(address) === 0 || protocol === undefined) return undefined;
  return { protocol, address, port: uri.port ?? defaultPort(protocol) };
}
