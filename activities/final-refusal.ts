/** 4xx that may pass: Request Timeout, Too Early, Too Many Requests. */
const PASSING_REFUSALS = new Set([408, 425, 429]);

/** Whether a bot that answers so would answer the same request so again. */
export function isFinalRefusal(httpStatus: number): boolean {
  return httpStatus >= 400 && httpStatus < 500 && !PASSING_REFUSALS.has(httpStatus);
}
