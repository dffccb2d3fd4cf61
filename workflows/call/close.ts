import type { CallRecord } from '../../contracts/call-record';
import { pushRecord, writeRecord } from './effects';
import { failureText, isActivityFailure } from './failure';
import { letBotGo, letLegGo, letTransferLegsGo } from './leave';
import { CALLER } from './legs';
import type { CallSession } from './session';
import { callRecord } from './record';

/** The end of a call: no leg stays up, the bot hears why, the record is written. */
export async function closeCall(call: CallSession): Promise<void> {
  const { end = { reasonCode: 'error', reason: 'ended', by: 'fault' } } = call.state;
  call.answer ??= { sipStatus: 480 };
  letLegGo(call, CALLER, end.reason);
  letTransferLegsGo(call, end.reason);
  letBotGo(call, end);
  const record = callRecord(call);
  await Promise.all([
    call.outbox.flush(),
    writeRecord.executeWithOptions({ summary: end.reasonCode }, [record]),
    ...(call.input.pushesRecord === true ? [push(call, record)] : []),
  ]);
  await Promise.all([call.byes.done(), call.inOrder.done()]);
}

/** The receiver may be away for long: the record stays with this workflow meanwhile, and on file. */
async function push(call: CallSession, record: CallRecord): Promise<void> {
  try {
    await pushRecord.executeWithOptions({ summary: 'record → receiver' }, [record]);
  } catch (err) {
    if (!isActivityFailure(err)) throw err;
    call.note({ event: 'RecordNotPushed', detail: failureText(err) });
  }
}
