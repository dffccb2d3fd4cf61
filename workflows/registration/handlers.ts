import { setHandler } from '@temporalio/workflow';
import * as messages from '../../contracts/registration';
import type { TrunkSession } from './session';

/** Turns messages into what the registration has to do next. */
export function handleMessages(trunk: TrunkSession): void {
  const woken = (change: () => void) => () => {
    change();
    trunk.messages++;
  };
  setHandler(messages.trunkConfiguredSignal, (settings) => {
    trunk.settings = settings;
    trunk.isRemoved = false;
    tryNow(trunk);
    trunk.messages++;
  });
  setHandler(
    messages.trunkRemovedSignal,
    woken(() => (trunk.isRemoved = true))
  );
  setHandler(
    messages.registerRequestedSignal,
    woken(() => {
      trunk.isUnwanted = false;
      tryNow(trunk, true);
    })
  );
  setHandler(
    messages.unregisterRequestedSignal,
    woken(() => (trunk.isUnwanted = true))
  );
  setHandler(messages.trunkStatusQuery, () => trunk.status);
}

/** What failed may go well now: a password was changed, a registrar is back. */
function tryNow(trunk: TrunkSession, isAsked = false): void {
  const { state } = trunk;
  const hasFailed = state.failures > 0;
  if (state.nextAtMs !== undefined && (hasFailed || isAsked)) trunk.become({ ...state, nextAtMs: Date.now() });
}
