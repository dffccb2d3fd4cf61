import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { SignalDefinition } from '@temporalio/common';
import type { CallId } from '../../contracts/ids';
import { callWorkflowId } from '../../contracts/ids';
import type { Log } from '../log';
import { pause } from './pause';

/** A signal that Temporal did not take is sent again after so many ms. */
const AGAIN_MS = 500;

/** The way from a bot's WebSocket to its call. */
export interface LineToCall {
  client: Pick<Client, 'workflow'>;
  log: Pick<Log, 'warn'>;
  callId: CallId;
  /** What Temporal has not taken by then is lost, and logged. */
  giveUp: AbortSignal;
}

/** Signals a call, however often Temporal has to be asked. A call that has ended needs to be told nothing. */
export async function tellCall<Args extends unknown[]>(
  { client: { workflow }, log, callId, giveUp }: LineToCall,
  signal: SignalDefinition<Args>,
  ...args: Args
): Promise<void> {
  const call = workflow.getHandle(callWorkflowId(callId));
  while (!giveUp.aborted) {
    try {
      await workflow.withAbortSignal(giveUp, () => call.signal(signal, ...args));
      return;
    } catch (err) {
      if (err instanceof WorkflowNotFoundError) return;
      log.warn({ err, callId }, 'a call could not be told what its bot pushed');
      await pause(AGAIN_MS, giveUp);
    }
  }
  log.warn({ callId, signal: signal.name }, 'a call is not told what its bot pushed before its WebSocket was left');
}
