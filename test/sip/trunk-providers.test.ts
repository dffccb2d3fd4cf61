import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { TrunkStatus } from '../../contracts/registration';
import { registerRequestedSignal, registrationWorkflowId } from '../../contracts/registration';
import { eventually } from '../support/eventually';
import { freePort } from '../support/free-port';
import type { PhoneCall } from '../support/joined-call';
import { phoneCall } from '../support/joined-call';
import { Kamailio } from '../support/kamailio';
import { WAIT_LIMIT_MS } from '../support/limits';
import { header, SipPeer } from '../support/sip-peer';
import type { ProviderCase } from '../support/trunk-provider';
import { ACCOUNTS, isRegistered, statusOf, twoLogins } from '../support/trunk-provider';

const AGENT = '5000';

describe('a trunk with a second host (Kamailio)', () => {
  let provided: ProviderCase;
  let first: Kamailio | undefined;
  let second: Kamailio;
  let bot: SipPeer;
  let agent: SipPeer;
  let call: PhoneCall | undefined;
  let numbers: Record<string, string>;

  beforeEach(async () => {
    [bot, agent] = [await SipPeer.open(), await SipPeer.open()];
    const backupPort = await freePort();
    provided = await twoLogins({
      bots: [bot.uri('bot'), bot.uri('other')],
      trunk: {
        // Over TCP a provider that is away is noticed at once, over UDP after 32 s.
        transport: 'tcp',
        backupHosts: [`127.0.0.1:${backupPort}`],
        keepAliveS: 1,
        transferMethod: 'invite',
      },
    });
    numbers = { [AGENT]: agent.uri(AGENT) };
    first = await provided.start({ numbers });
    const customerPort = provided.engine.sipPort;
    second = await Kamailio.start({ accounts: ACCOUNTS, numbers, port: backupPort, customerPort });
  }, 90_000);

  afterEach(async () => {
    await call?.close();
    await provided.engine.stop();
    await first?.stop();
    await second.stop();
    await Promise.all([bot, agent].map((peer) => peer.close()));
  }, 90_000);

  const askToRegister = async (): Promise<void> => {
    const { workflow } = await provided.engine.client();
    const id = registrationWorkflowId('first', provided.engine.node);
    await workflow.getHandle(id).signal(registerRequestedSignal);
  };

  it('goes on there while the first is away: registered, called from, calling out; and back when it has returned', async () => {
    const { engine, port } = provided;
    await statusOf(engine, 'first', ({ state }) => state === 'up');
    await first!.stop();
    first = undefined;
    await askToRegister();
    await second.until(/registered 1000/);
    const isAt = (host: number) => (status: TrunkStatus) => isRegistered(status) && status.target.includes(`:${host};`);
    await statusOf(engine, 'first', (status) => isAt(second.port)(status) && status.state === 'degraded');

    call = await phoneCall(engine, bot, '1000', second.port);
    await call.transfer({ transferTarget: `tel:${AGENT}` });
    const invite = await agent.expect('INVITE', { withinMs: WAIT_LIMIT_MS });
    expect(header(invite, 'Record-Route')).toContain(`:${second.port};`);
    agent.respond(invite, 486);
    const { callId } = call;
    const outcome = async (): Promise<unknown> => (await engine.view(callId)).transfers[0]?.outcome;
    await eventually(async () => (await outcome()) !== undefined, 'the transfer has an outcome');
    expect(await outcome()).toMatchObject({ reasonCode: 'busy' });

    first = await provided.start({ numbers });
    await askToRegister();
    const up = await statusOf(engine, 'first', (status) => isAt(port)(status) && status.state === 'up');
    expect(up).toMatchObject({ failures: 0 });
  }, 240_000);
});
