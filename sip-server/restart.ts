import type { Answering } from './dialog/answering';
import type { Dialogs } from './dialog/dialogs';
import type { ResumedRequests } from './dialog/resumed-requests';
import type { Deliveries } from './drachtio/deliveries';
import type { Inbox } from './drachtio/inbox';
import type { Notices } from './drachtio/notices';
import { restoreInbox } from './drachtio/restored-inbox';
import type { SentRequests } from './drachtio/sent-requests';
import type { EffectLedger } from './effects/ledger';
import type { TransactionLayer } from './transaction/types';
import type { WaysBack } from './transport/ways-back';

export interface RestartContext {
  dialogs: Dialogs;
  inbox: Inbox;
  deliveries: Deliveries;
  answering: Answering;
  notices: Notices;
  ledger: EffectLedger;
  resumed: ResumedRequests;
  sentRequests: SentRequests;
  transactions: TransactionLayer;
  ways: WaysBack;
}

/** Goes on where an earlier process stopped: in the order in which one part refers to another. */
export function restart(context: RestartContext): void {
  const { dialogs, ledger, notices, resumed, sentRequests } = context;
  const early = dialogs.restore();
  ledger.restore();
  restoreInbox(context);
  resumed.resumeAll((sent) => sentRequests.restore(sent));
  notices.restore(dialogs);
  // An INVITE of which nothing is left cannot make its dialog any more.
  for (const dialog of early) if (!dialog.isInvitePending && dialog.state === 'early') dialogs.remove(dialog);
}
