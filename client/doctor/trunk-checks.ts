import type { Config } from '../../config/config';
import { isWatched } from '../../config/watched-trunks';
import type { ConnectedCalls } from '../connect';
import type { TrunkView } from '../trunks';
import type { CheckResult } from './check';
import { fault, ok, reasonOf, skipped, warning } from './check';

/** Each trunk of the node that registers or is watched: whether it is up. */
export async function checkTrunks(
  { trunks: client }: Pick<ConnectedCalls, 'trunks'>,
  { node, trunks }: Pick<Config, 'node' | 'trunks'>
): Promise<CheckResult[]> {
  const watched = trunks.filter(isWatched);
  if (watched.length === 0) return [];
  try {
    const views = (await client.list()).filter((view) => view.node === node);
    return watched.map(({ id }) => checkTrunk(id, views));
  } catch (err) {
    return [skipped('trunks', `their state cannot be asked for: ${reasonOf(err)}`)];
  }
}

function checkTrunk(id: string, views: readonly TrunkView[]): CheckResult {
  const name = `trunk ${id}`;
  const view = views.find(({ trunk }) => trunk === id);
  if (!view) return fault(name, 'no worker has taken it up', 'start a worker with this configuration');
  const { state, registration, target, problem } = view;
  if (registration === 'unknown') return fault(name, 'no worker of its node answers', 'start a worker of the node');
  const detail = `${state}${registration === 'off' ? '' : `, ${registration}`} at ${target}`;
  const toDo = `look at the provider, the login and the password; durable-calls trunks show ${id} tells more`;
  if (state === 'up') return ok(name, detail);
  return (state === 'degraded' ? warning : fault)(name, problem === undefined ? detail : `${detail}: ${problem}`, toDo);
}
