import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import type { WatchTrunkInput } from '../../contracts/activities-trunk';
import { watchTrunk } from './effects';
import type { TrunkSession } from './session';

/** Keeps what OPTIONS tell of the trunk in its state, with the settings that hold at the time. */
export async function keepWatch(trunk: TrunkSession): Promise<void> {
  const isOver = (): boolean => trunk.isRemoved;
  while (!isOver()) {
    await condition(() => trunk.settings.keepAliveMs !== undefined || isOver());
    if (!isOver()) await watchOnce(trunk);
  }
}

/** One watch, to a change of what it sees or of the settings. */
async function watchOnce(trunk: TrunkSession): Promise<void> {
  const { settings } = trunk;
  const input = watchInput(trunk);
  const scope = new CancellationScope();
  const watching = scope.run(() => watchTrunk.executeWithOptions({ summary: `OPTIONS ${settings.trunk}` }, [input]));
  const changed = condition(() => trunk.settings !== settings || trunk.isRemoved);
  try {
    const seen = await Promise.race([watching, changed]);
    if (seen) trunk.become({ ...trunk.state, reach: seen.reach });
    else if (trunk.settings.keepAliveMs === undefined) trunk.become({ ...trunk.state, reach: 'up' });
  } finally {
    scope.cancel();
    await watching.catch((err: unknown) => {
      if (!isCancellation(err)) throw err;
    });
  }
}

function watchInput({ settings, state }: TrunkSession): WatchTrunkInput {
  const { trunk, login, domain, targets, outboundProxy, keepAliveMs = 0 } = settings;
  return {
    ...{ trunk, login, domain, targets, intervalMs: keepAliveMs, reach: state.reach },
    ...(outboundProxy === undefined ? {} : { outboundProxy }),
  };
}
