/**
 * For what comes by itself: far more than it takes on a busy machine of two cores, and less than the 32 s after which a SIP transaction
 * gives up (64*T1, RFC 3261 section 17), which would make good what went wrong.
 */
export const WAIT_LIMIT_MS = 30_000;
