import { isCallId } from '../../contracts/ids';
import type { CallsClient } from '../calls';
import { CallNotFound } from '../errors';
import { UsageError } from './exit';

/** Fewer characters would seldom mean one call. */
const PREFIX = /^[a-z2-7]{4,15}$/;
const TOO_SHORT = /^[a-z2-7]{0,3}$/;

/**
 * @param text a call id, its first characters, or a workflow id
 * @throws CallNotFound, UsageError when it is too short, or several calls begin so
 */
export async function resolveCallId(calls: Pick<CallsClient, 'list'>, text: string): Promise<string> {
  const given = text.replace(/^call-/, '');
  if (TOO_SHORT.test(given)) throw new UsageError('give a call id, or at least four characters of its beginning');
  if (isCallId(given) || !PREFIX.test(given)) return given;
  const { calls: found } = await calls.list({ idPrefix: given, pageSize: 10 });
  const ids = [...new Set(found.map(({ callId }) => callId))];
  if (ids.length > 1) throw new UsageError(`several calls begin with ${given}: ${ids.join(', ')}`);
  const [id] = ids;
  if (id === undefined) throw new CallNotFound(given);
  return id;
}
