import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { DemoPlan } from './plan';
import { addressIn, answeringWith, QUIET_USER, targetsOf, uriIn } from './plan';
import type { SipField, SipMessage } from './sip-message';
import { headerOf } from './sip-message';
import type { Trace } from './trace';
import { UserAgent } from './user-agent';
import { isFromDemoCaller } from './visitor';
import type { Webhook, WebhookEvent } from './webhook';
import { openWebhook } from './webhook';

/** How long the bot "talks" before it hands the caller over. */
const TALK_MS = 1_000;
const REQUEST_TRIES = 20;
const RETRY_AFTER_MS = 500;
const REQUEST_TIMEOUT_MS = 5_000;

interface BotActivity {
  type: 'event';
  name: string;
  id: string;
  activityParams: Record<string, unknown>;
}

interface BotCall {
  /** `X-Call-API` */
  api: string;
  /** Targets not tried yet. */
  targets: string[];
  /** `transferSipHeaders` */
  headers: readonly SipField[];
}

/**
 * A bot with a SIP leg and a webhook. With every caller it does the same: talks for a second, tries the first target, and when that
 * fails the next; when none is left it hangs up.
 */
export class DemoBot {
  /** By call id. */
  private readonly calls = new Map<string, BotCall>();
  private phone!: UserAgent;
  private webhook!: Webhook;
  private isClosed = false;

  private constructor(
    private readonly plan: DemoPlan,
    private readonly trace: Trace
  ) {}

  static async open(plan: DemoPlan, trace: Trace): Promise<DemoBot> {
    const bot = new DemoBot(plan, trace);
    bot.webhook = await openWebhook(addressIn(plan, 'webhook'), (conversation, event) => bot.hear(conversation, event));
    bot.phone = await UserAgent.open({
      name: 'bot',
      address: addressIn(plan, 'bot'),
      trace,
      answering: answeringWith(200),
      onCall: (invite) => bot.meet(invite),
    });
    return bot;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.phone.close();
    await this.webhook.close();
  }

  private meet(invite: SipMessage): void {
    const [callId, api] = [headerOf(invite, 'X-Call-ID'), headerOf(invite, 'X-Call-API')];
    const isQuiet = new RegExp(`^sips?:${QUIET_USER}@`).test(invite.requestUri ?? '');
    if (callId === undefined || api === undefined || isQuiet) return;
    const headers = isFromDemoCaller(invite) ? this.plan.headers : this.plan.plainHeaders;
    this.calls.set(callId, { api, targets: targetsOf(this.plan), headers });
  }

  private hear(conversation: string, event: WebhookEvent): void {
    this.trace.add({ kind: 'event', at: Date.now(), conversation, event });
    if (event.name === 'start') void delay(TALK_MS).then(() => this.tryNextTarget(conversation));
    if (event.name === 'transferStatus' && event.value?.status === 'failed') void this.tryNextTarget(conversation);
    if (event.name === 'conversationEnd') this.calls.delete(conversation);
  }

  private async tryNextTarget(conversation: string): Promise<void> {
    const call = this.calls.get(conversation);
    if (call === undefined) return;
    const target = call.targets.shift();
    const activity = target === undefined ? hangupActivity() : this.transferActivity(target, call.headers);
    await this.send(conversation, activity);
  }

  private transferActivity(target: string, headers: readonly SipField[]): BotActivity {
    return {
      type: 'event',
      name: 'transfer',
      id: randomUUID(),
      activityParams: {
        transferTarget: target,
        handoverReason: this.plan.handoverReason,
        transferSipHeaders: headers,
        transferReferredByURL: uriIn(this.plan, 'bot'),
        transferNotifications: true,
        transferNotificationsHangupMS: this.plan.graceMs,
      },
    };
  }

  /** Repeats the request, with the same activity id, while nobody answers or the answer is a 5xx. */
  private async send(conversation: string, activity: BotActivity): Promise<void> {
    for (let tries = 0; tries < REQUEST_TRIES && !this.isClosed; tries += 1) {
      const call = this.calls.get(conversation);
      if (call === undefined) return;
      const status = await postActivities(`${call.api}/activities`, [activity]);
      this.trace.add({ kind: 'request', at: Date.now(), conversation, activity, status });
      if (status > 0 && status < 500) return;
      await delay(RETRY_AFTER_MS);
    }
  }
}

function hangupActivity(): BotActivity {
  return { type: 'event', name: 'hangup', id: randomUUID(), activityParams: { hangupReason: 'Nobody was free' } };
}

/** @returns the status of the answer, 0 when there was none */
async function postActivities(url: string, activities: BotActivity[]): Promise<number> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ activities }),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}
