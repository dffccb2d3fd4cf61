import { writeRecord } from './effects';
import { CALLER, letBotGo, letLegGo, letTransferLegsGo } from './leave';
import type { CallSession } from './session';
import { callRecord } from './view';

/** The end of a call: no leg stays up, the bot hears why, the record is written. */
export async function closeCall(call: CallSession): Promise<void> {
  const { end = { reasonCode: 'error', reason: 'ended', by: 'fault' } } = call.state;
  call.answer ??= { sipStatus: 480 };
  letLegGo(call, CALLER, end.reason);
  letTransferLegsGo(call, end.reason);
  letBotGo(call, end);
  await Promise.all([
    call.outbox.flush(),
    writeRecord.executeWithOptions({ summary: end.reasonCode }, [callRecord(call)]),
  ]);
  await Promise.all([...call.byes, call.infos]);
}
