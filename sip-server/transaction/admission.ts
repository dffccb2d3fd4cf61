import { createHash } from 'node:crypto';
import type { SipRequest, SipResponse } from '../message/message';
import { responseTo } from '../message/respond';
import type { Logger } from 'pino';
import type { SourceLimit, Verdict } from '../limits/source-limit';
import type { Tally } from '../metrics/tally';
import { PacedLog } from '../transport/paced-log';

export interface AdmissionSettings {
  /** Server transactions beyond which nothing new is taken. */
  maxServerTransactions: number;
  /** How much each source may ask for; undefined for no limit. */
  sources: SourceLimit | undefined;
  /** Takes note of what was kept out. */
  dropped: Tally;
  log: Logger;
}

/** Decides about requests that belong to nothing that is here: no dialog, no transaction. */
export class Admission {
  private readonly lines = new PacedLog();

  constructor(private readonly settings: AdmissionSettings) {}

  /** @param transactions server transactions that are open */
  judge(address: string, transactions: number): Verdict {
    const { maxServerTransactions, sources } = this.settings;
    if (transactions >= maxServerTransactions) return this.noted('drop', 'transactions', address);
    const verdict = sources?.judge(address) ?? 'take';
    return verdict === 'take' ? verdict : this.noted(verdict, 'source-rate', address);
  }

  private noted(verdict: Verdict, limit: string, address: string): Verdict {
    const { dropped, log } = this.settings;
    dropped.add(limit);
    this.lines.note(address, (count) => log.warn({ address, limit, count }, 'requests kept out by a limit'));
    return verdict;
  }
}

/** What a source gets that asks for too much. Without a transaction the To tag comes from the request (RFC 3261 section 8.2.7). */
export function busy(request: SipRequest, key: string): SipResponse {
  const toTag = createHash('sha256').update(key).digest('hex').slice(0, 16);
  return responseTo(request, 503, undefined, { toTag, headers: [['Retry-After', '1']] });
}
