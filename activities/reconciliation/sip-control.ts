import { cancellationSignal } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { z } from 'zod';

export interface SipControlOptions {
  /** `http://host:port` of the SIP server's control port. */
  url: string;
  token: string;
}

const PAGE_LENGTH = 1_000;
const ANSWER_LIMIT_MS = 10_000;

const pageSchema = z.object({
  dialogs: z.array(
    z.object({
      id: z.string(),
      state: z.enum(['early', 'confirmed', 'ended']),
      tag: z.string().nullable(),
      since: z.iso.datetime(),
      owner: z.object({ tags: z.array(z.string()) }).nullable(),
    })
  ),
  next: z.string().nullable(),
  more: z.boolean(),
});

/** A dialog as the SIP server tells of it. */
export type ServerDialog = z.infer<typeof pageSchema>['dialogs'][number];

/** The control port of the SIP server (docs/sip-server-operations.md). */
export class SipControl {
  constructor(private readonly options: SipControlOptions) {}

  /** Every dialog, oldest first. */
  async *dialogs(): AsyncGenerator<ServerDialog, void, undefined> {
    for (let since = ''; ;) {
      const cursor = since === '' ? '' : `&since=${encodeURIComponent(since)}`;
      const answer = await this.#ask(`/dialogs?limit=${PAGE_LENGTH}${cursor}`);
      if (!answer.ok) throw refused(answer.status);
      const page = pageSchema.parse(await answer.json());
      yield* page.dialogs;
      if (!page.more || page.next === null) return;
      since = page.next;
    }
  }

  /** Ends a dialog in whatever state it is. One that is over or gone is no fault. */
  async end(id: string, reason: string): Promise<void> {
    const path = `/dialogs/${encodeURIComponent(id)}?reason=${encodeURIComponent(reason)}`;
    const answer = await this.#ask(path, 'DELETE');
    await answer.body?.cancel();
    if (!answer.ok && answer.status !== 404) throw refused(answer.status);
  }

  #ask(path: string, method = 'GET'): Promise<Response> {
    const { url, token } = this.options;
    const signal = AbortSignal.any([cancellationSignal(), AbortSignal.timeout(ANSWER_LIMIT_MS)]);
    return fetch(`${url}${path}`, { method, signal, headers: { authorization: `Bearer ${token}` } });
  }
}

/** A wrong token stays wrong. */
function refused(status: number): ApplicationFailure {
  const message = `the control port of the SIP server answered ${status}`;
  return ApplicationFailure.create({ message, type: 'SipControlRefused', nonRetryable: status === 401 });
}
