/** Where the pause is: a peer holds what is asked of it, or the worker stops at a named point (processes/pausing-port.js). */
type Pause = 'peer' | { worker: string };

export const METHODS = ['REFER', 'INVITE'] as const;
export type Method = (typeof METHODS)[number];

export interface Step {
  name: string;
  /** What has happened, and what has not. */
  moment: string;
  /** Where a worker is to stop; by method where that differs. */
  pause: Partial<Record<Method, Pause>>;
}

const both = (pause: Pause): Step['pause'] => ({ REFER: pause, INVITE: pause });

/** The steps of a call with one transfer, in order. */
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
  { name: 'target ringing', moment: 'the target has sent 180', pause: both('peer') },
  {
    name: 'target answered',
    moment: 'the worker has the target’s 200, the workflow has not',
    pause: { INVITE: { worker: 'invite-target answered' } },
  },
  {
    name: 'final NOTIFY',
    moment: 'the workflow has the report, its NOTIFY is not answered',
    pause: { REFER: { worker: 'NOTIFY unanswered' } },
  },
  { name: 're-INVITE bot', moment: 'the bot has the offer that holds it', pause: { INVITE: 'peer' } },
  { name: 're-INVITE caller', moment: 'the caller has the target’s media as an offer', pause: { INVITE: 'peer' } },
  { name: 're-INVITE target', moment: 'the target has the caller’s answer as an offer', pause: { INVITE: 'peer' } },
  { name: 'telling the bot', moment: 'the webhook has transferStatus and has not answered', pause: both('peer') },
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
