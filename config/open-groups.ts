import { DENIED_BY_DEFAULT } from '../contracts/transfer-target';
import type { Config } from './config';

/** What a configuration allows that is denied by default, a line each: it should not be allowed by an oversight. */
export function openGroups({ trunks }: Pick<Config, 'trunks'>): string[] {
  return trunks.flatMap(({ id, denyTargets = DENIED_BY_DEFAULT }) =>
    DENIED_BY_DEFAULT.filter((group) => !denyTargets.includes(group)).map(
      (group) => `trunk ${id} denies no ${group} numbers (denyTargets lacks ${group})`
    )
  );
}
