import { isIP } from 'node:net';
import type { Logger } from 'pino';
import { unbracketed } from '../message/host-port';
import { parseNameAddr } from '../message/name-addr';
import { parseUri } from '../message/uri';
import type { NextHop } from '../transaction/types';
import { defaultPort, protocolOf } from '../transport/protocol';
import type { Flow, Target } from '../transport/types';
import type { Dialog } from './dialog';
import { nextHopUri } from './in-dialog-request';

/** Finds where requests go. Addresses are used at once; only names take time. */
export class NextHops {
  constructor(
    private readonly resolve: (uri: string) => Promise<Target>,
    private readonly log: Logger
  ) {}

  /** Calls `use` with the target, or with why there is none; at once for an address. */
  find(uri: string, use: (found: Target | Error) => void): void {
    const target = literalTarget(uri);
    if (target !== undefined) use(target);
    else void this.lookUp(uri).then((found) => this.run(() => use(found)));
  }

  /** Calls `use` with the way into a dialog: its open connection, else its next hop. Calls keep their order. */
  findForDialog(dialog: Dialog, use: (found: NextHop | Error) => void): void {
    const known = immediateHop(dialog);
    if (known !== undefined && dialog.resolving === undefined) {
      use(known);
      return;
    }
    const turn = (dialog.resolving ?? Promise.resolve()).then(async () => {
      const found = immediateHop(dialog) ?? (await this.lookUp(nextHopUri(dialog)));
      if (dialog.resolving === turn) dialog.resolving = undefined;
      this.run(() => use(found instanceof Error || 'target' in found ? found : { target: found }));
    });
    dialog.resolving = turn;
  }

  /** A fault of the user must not end as an unhandled rejection. */
  private run(use: () => void): void {
    try {
      use();
    } catch (error) {
      this.log.error({ err: error }, 'fault in the sending of a request');
    }
  }

  private async lookUp(uri: string): Promise<Target | Error> {
    try {
      return await this.resolve(uri);
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

function immediateHop(dialog: Dialog): NextHop | undefined {
  const { flow } = dialog;
  if (flow?.isOpen === true) return { target: targetOf(flow), flow };
  const target = literalTarget(nextHopUri(dialog));
  if (target === undefined) return undefined;
  // The peer was checked for this name before; its certificate need not show the address of its Contact.
  const domain = flow?.remote.address === target.address ? flow.domain : undefined;
  return { target: { ...target, domain } };
}

function literalTarget(text: string): Target | undefined {
  const uri = parseUri(text);
  const address = unbracketed(uri.host);
  const protocol = protocolOf(uri);
  if (isIP(address) === 0 || protocol === undefined) return undefined;
  return { protocol, address, port: uri.port ?? defaultPort(protocol) };
}

function targetOf({ protocol, remote, domain }: Flow): Target {
  return { protocol, ...remote, domain };
}
