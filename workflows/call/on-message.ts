import type { SignalDefinition, UpdateDefinition } from '@temporalio/common';
import { setHandler, workflowInfo } from '@temporalio/workflow';
import { whyUnreadable } from '../payload-converter';
import type { CallSession } from './session';

/** Handles a signal whose payload has the right shape; any other is noted and changes nothing. */
export function onFact<Fact>(
  call: CallSession,
  signal: SignalDefinition<[Fact]>,
  isFact: (payload: unknown) => payload is Fact,
  description: string,
  handle: (fact: Fact) => void | Promise<void>
): void {
  const handler = (payload: unknown): void | Promise<void> => {
    if (whyUnreadable(payload) === undefined && isFact(payload)) return handle(payload);
    call.note({ event: 'SignalIgnored', detail: `${signal.name}: not of the form ${description}` });
  };
  setHandler(signal, handler, { description });
}

/** Handles an update, and remembers in which workflow task that was. */
export function onRequest<Result, Args extends unknown[]>(
  call: CallSession,
  update: UpdateDefinition<Result, Args>,
  handle: (...args: Args) => Result | Promise<Result>,
  options: { description: string; validator?: (...args: Args) => void }
): void {
  const handler = (...args: Args): Result | Promise<Result> => {
    call.updatedAtEvent = workflowInfo().historyLength;
    return handle(...args);
  };
  setHandler(update, handler, options);
}
