import { InvalidArgumentError } from '@commander-js/extra-typings';

/** @returns a parser for the value of an option: a whole number within these bounds */
export function integerWithin(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) throw new InvalidArgumentError(`Give ${min} to ${max}.`);
    return value;
  };
}
