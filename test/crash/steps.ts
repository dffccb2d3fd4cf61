import type { TransferName } from './transfers';

/** Where the pause is: a peer holds what is asked of it, or the worker stops at a named point (processes/pausing-port.js). */
type Pause = 'peer' | { worker: string };

export interface Step {
  name: string;
  /** What has happened, and what has not. */
  moment: string;
  /** How the call is held there, by transfer. */
  pause: Partial<Record<TransferName, Pause>>;
}

const both = (pause: Pause): Step['pause'] => ({ REFER: pause, INVITE: pause });
const busy = (pause: Pause): Step['pause'] => ({ 'REFER, busy': pause, 'INVITE, busy': pause });
const failing = (pause: Pause): Step['pause'] => ({ ...busy(pause), 'INVITE, undone': pause });
const invite = (pause: Pause): Step['pause'] => ({ INVITE: pause, 'INVITE, undone': pause });

/** The steps of a call, in order. */
export const STEPS = [
  {
    name: 'arriving',
    moment: 'the worker has the INVITE, Temporal has not heard of it',
    pause: both({ worker: 'INVITE taken' }),
  },
  { name: 'bot ringing', moment: 'the bot has sent 180', pause: both('peer') },
  {
    name: 'answering',
    moment: 'the call is up, the worker has not sent the caller its 200',
    pause: both({ worker: 'INVITE unanswered' }),
  },
  { name: 'conversing', moment: 'caller and bot talk', pause: both('peer') },
  {
    name: 'transfer asked',
    moment: 'the worker is about to send REFER or INVITE',
    pause: { REFER: { worker: 'refer unsent' }, INVITE: { worker: 'invite-target unsent' } },
  },
  { name: 'REFER sent', moment: 'the caller has the REFER and has not answered', pause: { REFER: 'peer' } },
  {
    name: 'REFER accepted',
    moment: 'the worker has the 202, the workflow has not',
    pause: { REFER: { worker: 'refer answered' } },
  },
  {
    name: 'NOTIFY 100',
    moment: 'the workflow has the report, its NOTIFY is not answered',
    pause: { REFER: { worker: 'NOTIFY unanswered' } },
  },
  {
    name: 'NOTIFY 180',
    moment: 'the workflow has the report, its NOTIFY is not answered',
    pause: { REFER: { worker: 'NOTIFY unanswered' } },
  },
  { name: 'target ringing', moment: 'the target has sent 180', pause: { ...both('peer'), ...busy('peer') } },
  {
    name: 'target answered',
    moment: 'the worker has the target’s 200, the workflow has not',
    pause: { INVITE: { worker: 'invite-target answered' } },
  },
  {
    name: 'target busy',
    moment: 'the worker has the target’s 486, the workflow has not',
    pause: { 'INVITE, busy': { worker: 'invite-target answered' } },
  },
  {
    name: 'final NOTIFY',
    moment: 'the workflow has the report, its NOTIFY is not answered',
    pause: { REFER: { worker: 'NOTIFY unanswered' }, 'REFER, busy': { worker: 'NOTIFY unanswered' } },
  },
  { name: 're-INVITE bot', moment: 'the bot has the offer that holds it', pause: invite('peer') },
  { name: 're-INVITE caller', moment: 'the caller has the target’s media as an offer', pause: invite('peer') },
  { name: 're-INVITE target', moment: 'the target has the caller’s answer as an offer', pause: { INVITE: 'peer' } },
  { name: 'target let go', moment: 'the target has our BYE and has not answered', pause: { 'INVITE, undone': 'peer' } },
  { name: 'bot taken back', moment: 'the bot has the offer that ends its hold', pause: { 'INVITE, undone': 'peer' } },
  {
    name: 'telling the bot',
    moment: 'the webhook has transferStatus and has not answered',
    pause: { ...both('peer'), ...failing('peer') },
  },
  { name: 'back with the bot', moment: 'the transfer has failed, caller and bot talk', pause: failing('peer') },
  {
    name: 'next transfer asked',
    moment: 'the worker is about to send the second REFER or INVITE',
    pause: {
      'REFER, busy': { worker: 'refer unsent' },
      'INVITE, busy': { worker: 'invite-target unsent' },
      'INVITE, undone': { worker: 'invite-target unsent' },
    },
  },
  { name: 'grace timer', moment: 'the bot knows, its grace runs', pause: both('peer') },
  { name: 'connected', moment: 'caller and target talk, the bot is gone', pause: { INVITE: 'peer' } },
  {
    name: 'caller hangs up',
    moment: 'the workflow has the BYE, which is not answered',
    pause: both({ worker: 'BYE unanswered' }),
  },
  { name: 'last BYE', moment: 'bot or target has our BYE and has not answered', pause: both('peer') },
  { name: 'record', moment: 'the receiver of call records has it and has not answered', pause: both('peer') },
] as const satisfies readonly Step[];

export type StepName = (typeof STEPS)[number]['name'];

/** How a call with such a transfer is held at a step; undefined: it does not stop there. */
export function pauseAt(step: StepName, transfer: TransferName): Pause | undefined {
  const found: Step = STEPS.find(({ name }) => name === step)!;
  return found.pause[transfer];
}
