import { randomBytes } from 'node:crypto';

/** Every branch of RFC 3261 starts so (section 8.1.1.7); one without it comes from an RFC 2543 peer. */
export const branchCookie = 'z9hG4bK';

/** A new branch parameter, unique over space and time. */
export function newBranch(): string {
  return branchCookie + randomBytes(12).toString('hex');
}

/** A new From or To tag with more than the 32 random bits that RFC 3261 section 19.3 asks for. */
export function newTag(): string {
  return randomBytes(8).toString('hex');
}
