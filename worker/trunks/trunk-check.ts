import type { TrunkCheckActivities } from '../../contracts/activities-trunk';
import type { TrunkStatus } from '../../contracts/registration';
import type { TrunkStates } from './trunk-states';

/** The activity that looks at a trunk before a call goes out over it. */
export function createTrunkCheck(states: Pick<TrunkStates, 'of'>): TrunkCheckActivities {
  return {
    async checkTrunk(trunk) {
      const status = await states.of(trunk);
      if (status?.state !== 'down') return { isUsable: true };
      return { isUsable: false, reason: `trunk ${trunk} is down: ${whyDown(status)}` };
    },
  };
}

function whyDown({ problem, registration }: TrunkStatus): string {
  if (problem !== undefined) return problem;
  if (registration === 'unregistered') return 'an operator has unregistered it';
  return registration === 'registering' ? 'it is not registered yet' : 'its hosts do not answer';
}
