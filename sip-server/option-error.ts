/** A faulty option; the message says which. */
export class OptionError extends Error {
  override readonly name = 'OptionError';
}
