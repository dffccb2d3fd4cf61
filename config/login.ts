/** @returns the number without a leading `+`, the form in which logins and dialled numbers compare */
export function bareNumber(number: string): string {
  return number.startsWith('+') ? number.slice(1) : number;
}
