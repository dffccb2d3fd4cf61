import { unescaped } from '../contracts/unescaped';

/**
 * The form in which logins and dialled numbers compare: without a leading `+`, without the parameters that stand behind a number in the user
 * part (`;phone-context=`, RFC 3261 section 19.1.1), and a number without its separators (RFC 3966 section 5.1.1).
 */
export function bareNumber(number: string): string {
  const [user = ''] = unescaped(number).split(';');
  const bare = user.startsWith('+') ? user.slice(1) : user;
  return /^[\d*#][\d*#().-]*$/.test(bare) ? bare.replace(/[().-]/g, '') : bare;
}
