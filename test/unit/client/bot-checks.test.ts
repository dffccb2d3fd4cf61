import { afterEach, describe, expect, it } from '@jest/globals';
import { checkBots } from '../../../client/doctor/bot-checks';
import { ApiBot } from '../../support/api-bot';
import { freePort } from '../../support/free-port';
import { channel, ENV, load } from '../config/config-file';

let bot: ApiBot | undefined;

afterEach(() => bot?.close());

const check = async (token: string, url?: string) => {
  bot = await ApiBot.open();
  const config = load({ channels: [{ ...channel, connector: { url: url ?? bot.url } }] });
  return checkBots(config, { ...ENV, DURABLE_CALLS_CONNECTOR_TOKEN_DEMO_BOT: token });
};

describe('checkBots', () => {
  it('finds a bot that takes its token', async () => {
    await expect(check(ApiBot.token)).resolves.toMatchObject([{ name: 'bot demo-bot', status: 'ok' }]);
  });

  it('says that a bot does not take its token, or is not there, and which token that is', async () => {
    const toDo = expect.stringContaining('DURABLE_CALLS_CONNECTOR_TOKEN_DEMO_BOT');
    await expect(check('wrong')).resolves.toMatchObject([
      { status: 'fault', detail: expect.stringContaining('the bot answered 401'), toDo },
    ]);
    await bot?.close();
    await expect(check(ApiBot.token, `http://127.0.0.1:${await freePort()}/`)).resolves.toMatchObject([
      { status: 'fault', toDo },
    ]);
  });

  it('asks nobody where there is no connector', async () => {
    await expect(checkBots(load({}), ENV)).resolves.toEqual([]);
  });
});
