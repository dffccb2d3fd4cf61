import type { Logger } from 'pino';
import type { ClientTransactionUser } from './types';

const nothing = (): void => undefined;

/** Takes no notice of anything. */
export const silentUser: ClientTransactionUser = {
  onProvisional: nothing,
  onFinal: nothing,
  onFurther2xx: nothing,
  onTimeout: nothing,
  onTransportError: nothing,
};

/** The user with its faults sent to the log: a timer's or socket's handler must not throw. */
export function guarded(user: ClientTransactionUser, log: Logger): ClientTransactionUser {
  const run = (report: () => void): void => {
    try {
      report();
    } catch (error) {
      log.error({ err: error }, 'fault in the handling of a response');
    }
  };
  return {
    onProvisional: (response, received) => run(() => user.onProvisional(response, received)),
    onFinal: (response, received) => run(() => user.onFinal(response, received)),
    onFurther2xx: (response, received) => run(() => user.onFurther2xx(response, received)),
    onTimeout: () => run(() => user.onTimeout()),
    onTransportError: (reason) => run(() => user.onTransportError(reason)),
  };
}
