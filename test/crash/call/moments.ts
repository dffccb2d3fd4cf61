import type { CrashCall } from './crash-call';

/** Something that the caller asks and the bot or the target answers. */
export async function askInfo(call: CrashCall): Promise<void> {
  await call.callerAsks('INFO', 'INFO', { body: 'Signal=7\r\n', contentType: 'application/dtmf-relay' });
}

/** The webhook hears how the transfer went, where there is one; after `answered` the bot's grace begins. */
export async function hearStatus(call: CrashCall, status: 'answered' | 'failed'): Promise<void> {
  if (call.hasSomeBot) {
    await call.sees('transferStatus', () =>
      call.world.bot.events.find(
        ({ callId, event }) =>
          callId === call.callId && event.name === 'transferStatus' && event.value.status === status
      )
    );
  } else await call.world.comesTo(call.callId, status);
  await call.at('telling the bot');
  if (status === 'answered') await call.at('grace timer');
}

/** The engine's BYE at the bot. */
export async function byeAtBot(call: CrashCall): Promise<void> {
  await call.sees('BYE at the bot', () => call.atBot('BYE'));
  if (call.method === 'REFER') await call.at('last BYE');
}
