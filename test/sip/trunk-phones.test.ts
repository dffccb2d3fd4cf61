import { afterEach, expect, it } from '@jest/globals';
import { Baresip } from '../support/baresip';
import { eventually } from '../support/eventually';
import type { Kamailio } from '../support/kamailio';
import { header } from '../support/sip-peer-message';
import { Sipp } from '../support/sipp';
import { received } from '../support/sipp-trace';
import { transferTo } from '../support/transfer-call';
import type { ProviderCase } from '../support/trunk-provider';
import { ACCOUNTS, isRegistered, statusOf, twoLogins } from '../support/trunk-provider';

const PHONES = { '3000': 'caller-password', '4000': 'agent-password' };

let provided: ProviderCase;
let provider: Kamailio;
const peers: { close(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.close()));
  await provided.engine.stop();
  await provider.stop();
});

function closedLater<Peer extends { close(): Promise<void> }>(peer: Peer): Peer {
  peers.push(peer);
  return peer;
}

it('two softphones behind a provider: one calls a bot, which hands it to the other over another trunk', async () => {
  const bot = closedLater(await Sipp.start({ scenario: 'uas-bot' }));
  provided = await twoLogins({ bots: [bot.uri('bot'), 'sip:nobody@127.0.0.1:9'] });
  const { engine, port } = provided;
  provider = await provided.start({ accounts: { ...ACCOUNTS, ...PHONES } });
  for (const trunk of ['first', 'second']) await statusOf(engine, trunk, isRegistered);
  const registrar = (login: keyof typeof PHONES): { login: string; password: string; port: number } => ({
    login,
    password: PHONES[login],
    port,
  });
  const agent = closedLater(await Baresip.start({ answers: true, registrar: registrar('4000') }));
  await provider.until(/registered 4000/);
  const phone = closedLater(await Baresip.start({ registrar: registrar('3000'), dials: `sip:1000@127.0.0.1:${port}` }));
  const callId = header(await bot.until('the INVITE', received('INVITE')), 'X-Call-ID')!;
  await phone.until(/Call established: sip:1000@/);

  const params = { transferChannel: 'second-trunk-bot', transferNotificationsHangupMS: 0 };
  expect((await engine.post(callId, transferTo('tel:4000', params))).status).toBe(200);
  await agent.until(/Call established: sip:2000@/);
  await eventually(async () => (await engine.view(callId)).phase === 'connected', 'the phones are joined');
  await agent.hangUp();
  await phone.until(/session closed|terminated/i);
  await expect(engine.recordOf(callId)).resolves.toMatchObject({
    end: { reasonCode: 'transferred', by: 'target' },
    transfers: [{ trunk: 'second', trunkReason: 'transfer-channel', outcome: { status: 'answered' } }],
  });
});
