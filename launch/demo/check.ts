import type { CallEvidence } from './evidence';

/** One statement that must hold of the demonstration call. */
export interface Check {
  /** A claim, as in "the caller was answered". */
  name: string;
  /** @returns what speaks against it, undefined when it holds */
  fault: (call: CallEvidence) => string | undefined;
}
