import { setTimeout as delay } from 'node:timers/promises';
import { DemoBot } from './bot';
import { openCaller } from './caller';
import type { DemoPlan } from './plan';
import { addressIn, answeringWith, dialledUri } from './plan';
import { Trace } from './trace';
import type { CallResult } from './user-agent';
import { UserAgent } from './user-agent';

/** The demonstration's peers: caller, bot, a target that is busy and one that answers. */
export class DemoPeers {
  private constructor(
    readonly plan: DemoPlan,
    readonly trace: Trace,
    private readonly caller: UserAgent,
    private readonly others: readonly { close(): Promise<void> }[]
  ) {}

  static async open(plan: DemoPlan): Promise<DemoPeers> {
    const trace = new Trace();
    const [busyStatus, agentStatus] = plan.targetAnswers;
    const open = (name: 'busy' | 'agent', status: number): Promise<UserAgent> =>
      UserAgent.open({ name, address: addressIn(plan, name), trace, answering: answeringWith(status) });
    const caller = await openCaller(addressIn(plan, 'caller'), trace, plan.graceMs);
    const bot = await DemoBot.open(plan, trace);
    const targets = await Promise.all([open('busy', busyStatus), open('agent', agentStatus)]);
    return new DemoPeers(plan, trace, caller, [bot, ...targets]);
  }

  /** The caller dials the demonstration's number. Resolves when the call is answered or refused. */
  placeCall(): Promise<CallResult> {
    return this.caller.call(dialledUri(this.plan));
  }

  /** Ends the caller's calls, waiting at most `graceMs` for the answers, and closes all sockets. */
  async close(graceMs: number): Promise<void> {
    await Promise.race([this.caller.hangUpAll(), delay(graceMs, undefined, { ref: false })]);
    await Promise.all([this.caller, ...this.others].map((peer) => peer.close()));
  }
}
