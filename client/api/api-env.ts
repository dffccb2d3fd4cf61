import type { Principal } from './access';

/** What the API's middleware knows of a request. */
export interface ApiEnv {
  Variables: {
    /** Absent: no valid token was given. */
    principal: Principal | undefined;
    requestId: string;
  };
}
