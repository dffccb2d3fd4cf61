import type { Client } from '@temporalio/client';
import type { RecordFacts } from './evidence';
import { readHistory, waitForEnd } from './history';
import type { Verdict } from './judge';
import { judge } from './judge';
import type { DemoPeers } from './peers';
import { readRecords } from './records';
import { headerOf } from './sip-message';
import type { TimelineLine } from './timeline';
import { timelineLine } from './timeline';
import type { TraceEntry } from './trace';

export interface DemonstrationOptions {
  peers: DemoPeers;
  client: Client;
  recordsFolder: string;
  /** Hears the timeline as it happens. */
  onLine: (line: TimelineLine) => void;
}

export interface DemonstrationResult {
  /** Absent when the call never reached the bot. */
  callId?: string;
  /** Of the call's workflow; absent when its history could not be read. */
  runId?: string;
  verdicts: Verdict[];
  timeline: TimelineLine[];
  records: RecordFacts[];
}

/** A call of the demonstration takes about 5 s; one that hangs is judged as it stands. */
const DEADLINE_MS = 20_000;

/** Places one call, waits for its end, and judges it. */
export async function demonstrate({
  peers,
  client,
  recordsFolder,
  onLine,
}: DemonstrationOptions): Promise<DemonstrationResult> {
  const entries: TraceEntry[] = [];
  const timeline: TimelineLine[] = [];
  const startedAt = Date.now();
  const unsubscribe = peers.trace.onEntry((entry) => {
    entries.push(entry);
    const line = timelineLine(entry, startedAt);
    if (line === undefined) return;
    timeline.push(line);
    onLine(line);
  });
  await Promise.race([peers.placeCall(), new Promise((resolve) => setTimeout(resolve, DEADLINE_MS).unref())]);
  const callId = callIdAtBot(entries);
  if (callId !== undefined) await waitForEnd(client, `call-${callId}`, startedAt + DEADLINE_MS - Date.now());
  unsubscribe();
  const history = callId === undefined ? undefined : await readHistory(client, `call-${callId}`);
  const records = callId === undefined ? [] : await readRecords(recordsFolder, callId);
  const verdicts = judge({ plan: peers.plan, entries, ...(history && { history }), records });
  return {
    ...(callId !== undefined && { callId }),
    ...(history?.runId !== undefined && { runId: history.runId }),
    verdicts,
    timeline,
    records,
  };
}

/** The call id that the bot was told. */
function callIdAtBot(entries: readonly TraceEntry[]): string | undefined {
  const invite = entries.find(
    (e) => e.kind === 'sip' && e.peer === 'bot' && e.direction === 'in' && e.message.method === 'INVITE'
  );
  return invite?.kind === 'sip' ? headerOf(invite.message, 'X-Call-ID') : undefined;
}
