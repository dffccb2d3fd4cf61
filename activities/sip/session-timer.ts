/**
 * Session timers (RFC 4028) on every leg: the SIP server refreshes where the peer does not, and ends a dialog whose peer has vanished.
 * 1,800 s is the RFC's recommendation.
 */
export const SESSION_TIMER = { Supported: 'timer', 'Session-Expires': '1800' };
