import { setTimeout as delay } from 'node:timers/promises';
import { answeringWith } from './plan';
import type { Address } from './sip-endpoint';
import type { Trace } from './trace';
import { followRefer, TALK_MS } from './transferee';
import { UserAgent } from './user-agent';

/**
 * A caller who goes where a REFER sends it, and talks on with a target for a while.
 * @param graceMs of the bot after a transfer
 * @param user of its From; default: the demonstration's caller
 */
export async function openCaller(address: Address, trace: Trace, graceMs: number, user?: string): Promise<UserAgent> {
  const caller: UserAgent = await UserAgent.open({
    name: 'caller',
    user,
    address,
    trace,
    answering: answeringWith(486),
    // Joined with the target: it talks on when the bot's grace is over.
    onReinvite: (dialog) => void delay(graceMs + TALK_MS, undefined, { ref: false }).then(() => dialog.hangUp()),
    onRefer: (refer, dialog) => void followRefer(caller, refer, dialog),
  });
  return caller;
}
