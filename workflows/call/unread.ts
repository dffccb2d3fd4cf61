import { patched } from '@temporalio/workflow';
import type { Fault } from '../../contracts/failures';
import { FAILURE } from '../../contracts/failures';
import { payloadFault } from '../../contracts/payload-limits';
import { isUnreadAnswer } from '../../contracts/unread-answer';
import { whyUnreadable } from '../payload-converter';
import { refusal } from './refusal';

/** @throws a refusal of what cannot be read as activities at all */
export function refuseUnread(payload: unknown): void {
  const unreadable = unreadableFault(payload);
  if (unreadable) throw unread(unreadable);
  const fault = payloadFault(payload);
  if (fault && patched('2026-11-payload-limits')) throw unread(fault);
}

/** The same in a validator, which does not run again on replay. */
export function refuseUnreadEarly(payload: unknown): void {
  const fault = unreadableFault(payload) ?? payloadFault(payload);
  if (fault) throw unread(fault);
}

export function unread(fault: Fault): Error {
  return refusal(FAILURE.INVALID_ACTIVITY, `${fault.path} ${fault.message}`, [fault]);
}

function unreadableFault(payload: unknown): Fault | undefined {
  const why = whyUnreadable(payload) ?? (isUnreadAnswer(payload) ? payload.unreadAnswer : undefined);
  return why === undefined ? undefined : { path: 'activities', message: `cannot be read: ${why}` };
}
