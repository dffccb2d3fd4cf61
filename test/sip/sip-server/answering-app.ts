import { sdp } from '../../support/sip-peer';
import { deferred } from './fixture';
import type { App, World } from './fixture';
import type { SrfDialog, SrfRequest } from './srf';

export interface AnsweringApp extends App {
  /** Requests that no dialog of the application took. */
  seen: SrfRequest[];
  dialogs: SrfDialog[];
  acknowledged: Promise<unknown>;
}

/** An application that takes calls with a tag of its choice and lets requests of dialogs it does not know through. */
export async function answering(world: World, tag: string, tags: string[] = []): Promise<AnsweringApp> {
  const seen: SrfRequest[] = [];
  const dialogs: SrfDialog[] = [];
  const acknowledged = deferred();
  const app = await world.app((srf) => {
    srf.use((req, res, next) => {
      if (req.isNewInvite) {
        next();
        return;
      }
      seen.push(req);
      if (req.method !== 'ACK') res.send(200);
    });
    srf.invite(async (req, res) => {
      const dialog = await srf.createUAS(req, res, { localSdp: sdp(7), headers: { to: `<sip:x@y>;tag=${tag}` } });
      dialogs.push(dialog.on('ack', acknowledged.resolve));
    });
  }, tags);
  return { ...app, seen, dialogs, acknowledged: acknowledged.promise };
}
