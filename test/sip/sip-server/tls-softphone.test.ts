import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { Baresip, PHONE_USER } from '../../support/baresip';
import { Authority } from '../../support/certificates';
import { freePort } from '../../support/free-port';
import { sdp } from '../../support/sip-peer';
import { deferred, World } from './fixture';
import type { SrfDialog, SrfRequest } from './srf';

let authority: Authority;
let world: World;
let phone: Baresip | undefined;

beforeAll(() => {
  authority = new Authority();
});

afterAll(() => authority.remove());

beforeEach(async () => {
  const listen = [{ protocol: 'tls' as const, address: '127.0.0.1', port: 0 }];
  const tls = { ...authority.issue('server'), caFile: authority.certFile };
  world = await World.start({ listen, tls });
});

afterEach(async () => {
  await phone?.close();
  await world.close();
});

/** baresip, an implementation of SIP and TLS that shares no code with ours. */
async function startPhone(options: { dials?: string; answers?: boolean; port?: number }): Promise<Baresip> {
  const { cert, key } = authority.credentials(authority.issue('phone'));
  phone = await Baresip.start({ ...options, tls: { cert, key, caFile: authority.certFile } });
  return phone;
}

it('a softphone calls over TLS and hangs up', async () => {
  const seen = deferred<SrfRequest>();
  const ended = deferred();
  await world.app((srf) =>
    srf.invite((req, res) => {
      seen.resolve(req);
      void srf.createUAS(req, res, { localSdp: sdp(7) }).then((dialog) => dialog.on('destroy', () => ended.resolve()));
    })
  );
  const caller = await startPhone({ dials: `sip:4000@127.0.0.1:${world.at('tls').port};transport=tls` });
  await caller.until(/Call established/);
  expect(await seen.promise).toMatchObject({ protocol: 'tls' });
  await caller.hangUp();
  await ended.promise;
});

it('a softphone is called over TLS and is hung up on', async () => {
  const app = await world.app();
  const port = await freePort();
  const callee = await startPhone({ answers: true, port });
  const dialog: SrfDialog = await app.srf.createUAC(`sip:${PHONE_USER}@127.0.0.1:${port + 1};transport=tls`, {
    localSdp: sdp(),
  });
  await callee.until(/Call established/);
  await dialog.destroy();
  await expect(callee.until(/session closed|Call terminated/i)).resolves.toBeUndefined();
});
