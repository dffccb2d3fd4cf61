import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { header, sdp } from '../../support/sip-peer';
import { hasIpv6 } from '../../support/has-ipv6';
import { Sipp } from '../../support/sipp';
import { deferred, World } from './fixture';
import type { SrfDialog, SrfRequest } from './srf';

const host = '::1';

(hasIpv6 ? describe : describe.skip)('IPv6', () => {
  let world: World;
  let sipp: Sipp | undefined;

  beforeEach(async () => {
    const at = (
      protocol: 'udp' | 'tcp',
      address: string
    ): { protocol: 'udp' | 'tcp'; address: string; port: number } => {
      return { protocol, address, port: 0 };
    };
    world = await World.start({
      listen: [at('udp', '127.0.0.1'), at('udp', host), at('tcp', '127.0.0.1'), at('tcp', host)],
    });
  });

  afterEach(async () => {
    await sipp?.close();
    sipp = undefined;
    await world.close();
  });

  describe.each(['udp', 'tcp'] as const)('SIPp on IPv6 over %s', (protocol) => {
    it('calls and hangs up', async () => {
      const seen = deferred<SrfRequest>();
      await world.app((srf) =>
        srf.invite((req, res) => {
          seen.resolve(req);
          void srf.createUAS(req, res, { localSdp: sdp(7) });
        })
      );
      const { port } = world.at(protocol, host);
      sipp = await Sipp.start({
        scenario: 'uac-caller-bye',
        dials: { port, number: '4000' },
        transport: protocol,
        host,
      });
      await sipp.succeeded();
      expect(await seen.promise).toMatchObject({ protocol, source_address: '[::1]', receivedOn: `[::1]:${port}` });
    });

    it('is called and hung up on', async () => {
      const app = await world.app();
      sipp = await Sipp.start({ scenario: 'uas-target-answers', transport: protocol, host });
      const dialog: SrfDialog = await app.srf.createUAC(sipp.uri('agent'), { localSdp: sdp() });
      await dialog.destroy();
      expect(dialog.local.contact).toContain(`[::1]:${world.at(protocol, host).port}`);
      await sipp.succeeded();
    });
  });

  describe('listeners of both IP families', () => {
    it('each take the requests to their own', async () => {
      const app = await world.app();
      for (const address of ['127.0.0.1', host]) {
        const peer = await world.peer({ protocol: 'udp', host: address });
        await app.request({ uri: peer.uri('bob'), method: 'OPTIONS', headers: { Contact: '<sip:a@localhost>' } });
        const options = await peer.expect('OPTIONS');
        const own = address === host ? `[${host}]` : address;
        expect(header(options, 'Via')).toContain(`SIP/2.0/UDP ${own}:${world.at('udp', address).port};`);
        expect(header(options, 'Contact')).toBe(`<sip:a@${own}:${world.at('udp', address).port}>`);
        peer.respond(options, 200);
      }
    });

    it('answer to the source, in the form that a peer can read', async () => {
      const peer = await world.peer({ protocol: 'udp', host });
      peer.request('OPTIONS', world.at('udp', host));
      const ok = await peer.expect(200);
      expect(header(ok, 'Via')).toContain(`received=${host}`);
    });
  });
});
