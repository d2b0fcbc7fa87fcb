import { InvalidArgumentError } from "commander";

/** A parser of whole numbers for an option or an argument; it refuses anything outside `min` to `max`. */
export function whole(min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  const range = max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max}`;
  return (text) => {
    const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
    if (Number.isSafeInteger(value) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number ${range}.`);
  };
}

/** A parser of an argument that may be given several times: all of them, as `whole` takes each. */
export function wholes(min: number): (text: string, previous: number[] | undefined) => number[] {
  const parse = whole(min);
  return (text, previous) => [...(previous ?? []), parse(text)];
}

/** What clears a setting on the command line; a parser that returns null is taken for a broken one by commander. */
export const none = "none";

/** The same, and `none` for no value. */
export function wholeOrNone(min: number, max: number): (text: string) => number | typeof none {
  const parse = whole(min, max);
  return (text) => (text === none ? none : parse(text));
}
