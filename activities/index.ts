import type { SipActivities } from '../contracts/activities-sip';
import type { TrunkCheckActivities } from '../contracts/activities-trunk';
import type { BudgetActivities } from '../contracts/budget';
import type { ConnectorActivities } from '../contracts/connector';
import type { MetaDataActivities } from './bot/post-meta-data';
import type { BotActivities } from './bot/post-events';
import type { RecordPushActivities } from './records/push-record';
import type { RecordActivities } from './records/write-record';

/** Everything a call does to the world. */
export type Activities = SipActivities &
  TrunkCheckActivities &
  BotActivities &
  ConnectorActivities &
  MetaDataActivities &
  RecordActivities &
  RecordPushActivities &
  BudgetActivities;
