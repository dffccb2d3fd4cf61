import { expect } from '@jest/globals';
import type { CallView } from '../../../contracts/call';
import { eventually } from '../eventually';
import { RowCall } from './row-call';
import type { RowScript } from './script';
import type { Stage } from './stage';
import type { TransferRow } from './table';

/** A row on its way: its call stands at the point where a worker may be lost. */
export interface PreparedRow {
  row: TransferRow;
  script: RowScript;
  call: RowCall;
}

/** How a row went. */
export interface Judged {
  row: TransferRow;
  callId: string;
  /** What was otherwise than the table says. */
  fault?: string;
}

export async function prepareRow(stage: Stage, row: TransferRow, script: RowScript): Promise<PreparedRow> {
  const call = await RowCall.up(stage, script.dialled ?? '1000');
  if (script.prepare) await script.prepare(call);
  else await call.transfer();
  return { row, script, call };
}

/** Plays the row to its end and compares what came of it with the table. */
export async function judgeRow(prepared: PreparedRow): Promise<Judged> {
  const { row, call } = prepared;
  const { callId } = call;
  try {
    await playRow(prepared);
    return { row, callId };
  } catch (err) {
    return { row, callId, fault: `${callId}: ${String(err)}\n${await circumstances(call)}` };
  } finally {
    await call.close();
  }
}

/** What explains a fault where nothing is left but its text. */
async function circumstances({ stage, callId, caller, target }: RowCall): Promise<string> {
  const told = await stage.engine
    .view(callId)
    .then(({ phase, transfers, ...rest }: Partial<CallView>) => [
      phase === undefined ? JSON.stringify(rest) : `phase ${phase}`,
      ...(transfers ?? []).map(({ method, outcome }) => `by ${method}: ${JSON.stringify(outcome ?? 'pending')}`),
    ])
    .catch((err: unknown) => [`no view of the call: ${String(err)}`]);
  return [...told, `caller: ${caller.titles}`, `target: ${target.titles}`].join('\n');
}

async function playRow({ row, script, call }: PreparedRow): Promise<void> {
  await script.play(call);
  await expectStatus(row, call);
  await expectCallsEnd(row, call);
  await expectRecord(row, script, call);
  await expectNoLeg(call);
  const refers = call.caller.count('REFER');
  expect(script.mayBeRemembered === true ? Math.max(refers, 1) : refers).toBe(script.refers ?? 1);
}

async function expectStatus({ outcome }: TransferRow, call: RowCall): Promise<void> {
  if (outcome.status === 'none') return;
  const { status, reasonCode, evidence } = await call.status();
  expect({ status, reasonCode, evidence }).toEqual({
    status: outcome.status,
    reasonCode: outcome.reasonCode,
    evidence: outcome.evidence,
  });
}

/** The caller has the bot back, or talks with the target, and hangs up; or the call has ended. */
async function expectCallsEnd({ outcome }: TransferRow, call: RowCall): Promise<void> {
  if (outcome.call === 'target') {
    await call.untilPhase('connected');
    call.hangUp();
    await call.targetGets('BYE');
  }
  if (outcome.call !== 'bot') return;
  await call.untilPhase('conversing');
  expect(call.stage.hasBotLeft(call.callId)).toBe(false);
  call.hangUp();
}

async function expectRecord({ outcome }: TransferRow, script: RowScript, call: RowCall): Promise<void> {
  const record = await call.stage.engine.recordOf(call.callId, 60_000);
  const ends: Partial<Record<string, string>> = { bot: 'client-disconnected', target: 'transferred' };
  expect(record.end.reasonCode).toBe(ends[outcome.call] ?? outcome.call);
  expect(record.transfers).toHaveLength(script.attempts ?? 1);
  const last = record.transfers.at(-1)?.outcome;
  const { status = 'none', evidence } = last ?? {};
  const reasonCode = last?.status === 'failed' ? last.reasonCode : undefined;
  expect({ status, reasonCode, evidence }).toEqual({
    status: outcome.status,
    reasonCode: outcome.reasonCode,
    evidence: outcome.evidence,
  });
  const told = call.stage.webhook.count(call.callId, 'transferStatus');
  expect(told).toBe(record.transfers.filter((attempt) => attempt.outcome).length);
}

/** A leg that is still up after this has been forgotten. */
const LEGS_GONE_MS = 35_000;

/** No leg stays up: each side has hung up or was hung up on. */
async function expectNoLeg(call: RowCall): Promise<void> {
  await eventually(
    () => call.hasHungUp || call.caller.count('BYE') > 0,
    `a BYE at the caller of ${call.callId}`,
    LEGS_GONE_MS
  );
  await eventually(() => call.stage.hasBotLeft(call.callId), `a BYE at the bot of ${call.callId}`, LEGS_GONE_MS);
}
