import { header } from '../../support/sip-peer';
import type { BotOrder, BotWord, PostedEvent } from './messages';
import { BotPhone } from './phone';
import { openWebhook } from './webhook';

/** Resolves when the test has it, whatever becomes of this process afterwards. */
function say(word: BotWord): Promise<void> {
  return new Promise((resolve) => process.send!(word, () => resolve()));
}

/** The bot of the matrix: its SIP phone at a port of its own, shown as `uri`, and its webhook at `port`. */
async function main([uri = '', port = '']: string[]): Promise<void> {
  const phone = await BotPhone.open(uri);
  const take = async (posted: PostedEvent): Promise<void> => {
    await say({ word: 'event', posted });
    if (posted.event.name !== 'transferStatus') return;
    const call = [...phone.calls.values()].find(({ invite }) => header(invite, 'X-Call-ID') === posted.callId);
    await new Promise<void>((resolve) => (call ? call.answer('transferStatus', resolve) : resolve()));
  };
  await openWebhook({ port: Number(port), take });
  process.on('message', (order: BotOrder) => obey(phone, order));
  process.on('disconnect', () => process.exit());
  console.log(`SIP phone at port ${phone.port}`);
}

function obey(phone: BotPhone, order: BotOrder): void {
  const call = phone.calls.get(order.caller);
  if (call && order.order === 'pick up') phone.pickUp(call);
  if (call && order.order === 'release') call.release();
  if (order.order !== 'hold') return;
  call?.hold(order.what);
  void say({ word: 'holding', caller: order.caller });
}

main(process.argv.slice(2)).catch((err: unknown) => {
  console.error(err);
  process.exit(1);
});
