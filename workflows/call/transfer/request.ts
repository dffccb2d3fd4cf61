import type { CallEvent, CallState } from '../state';
import { concluded } from './conclusion';
import type { PendingTransfer } from './pending';

type TransferRequested = Extract<CallEvent, { type: 'TransferRequested' }>;

/** Opens an attempt. */
export function onTransferRequested(state: CallState, event: TransferRequested): CallState {
  if (state.phase !== 'conversing' && state.phase !== 'connected') return state;
  const { attemptId, method, request, trunk, keepsWaiting, atMs } = event;
  const { activityId, target, reason, notifications, over } = request;
  const requestedAt = new Date(atMs).toISOString();
  const { loose: _, planned: __, ...rest } = state;
  return {
    ...rest,
    ...(keepsWaiting ? { keepsWaiting } : {}),
    phase: 'transferring',
    pending: opened(event),
    attempts: [
      ...state.attempts,
      {
        attemptId,
        activityId,
        method,
        target,
        ...(over === undefined || trunk === undefined
          ? {}
          : { trunk, trunkReason: over.reason, transferChannel: over.channel }),
        notifications,
        requestedAt,
        ...(reason === undefined ? {} : { reason }),
      },
    ],
  };
}

/** The attempt may not be made. */
export function onTransferRefused(state: CallState, event: Extract<CallEvent, { type: 'TransferRefused' }>): CallState {
  const { attemptId, reason, atMs } = event;
  if (state.pending?.attemptId !== attemptId) return state;
  return concluded(state, { status: 'failed', evidence: 'local', reasonCode: 'error', reason }, atMs);
}

function opened(event: TransferRequested): PendingTransfer {
  const { attemptId, method, fallsBackOn = [], request, timers, byeWhileRinging, returnSecret } = event;
  const common = { attemptId, request, timers };
  return method === 'refer'
    ? {
        ...common,
        method,
        stage: 'requested',
        fallsBackOn,
        isProgressing: false,
        ...(byeWhileRinging === undefined ? {} : { byeWhileRinging }),
        ...(returnSecret === undefined ? {} : { returnSecret }),
      }
    : { ...common, method, stage: 'inviting' };
}
