import { isToken } from './header-names';

/** CSeq (RFC 3261 section 20.16): `number` is below 2^31 (section 8.1.1.5). */
export interface CSeq {
  number: number;
  method: string;
}

/** @returns undefined when the text is no CSeq or its number is too large */
export function parseCSeq(text: string): CSeq | undefined {
  const match = /^(\d{1,20})\s+(\S+)$/.exec(text.trim());
  const number = Number(match?.[1]);
  const method = match?.[2] ?? '';
  return number < 2 ** 31 && isToken(method) ? { number, method } : undefined;
}

export function formatCSeq({ number, method }: CSeq): string {
  return `${number} ${method}`;
}
