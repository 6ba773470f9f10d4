import { parseDuration, readDuration } from "../../text/duration.ts";
import { badInput } from "../../text/errors.ts";

/** Takes a value of a configuration, whose place is named in errors, or refuses it. */
export type Reader<T> = (value: unknown, place: string) => T;

type Readers = Readonly<Record<string, Reader<unknown>>>;

/** What an object with these readers comes to: every key may be missing. */
export type Section<R extends Readers> = {
  readonly [K in keyof R]?: ReturnType<R[K]> | undefined;
};

/** An object with keys of its own, none of them unknown. */
export function section<R extends Readers>(readers: R): Reader<Section<R>> {
  return (value, place) => {
    const read: Record<string, unknown> = {};
    for (const [key, entry] of entriesOf(value, place)) {
      const where = place === "" ? key : `${place}.${key}`;
      const reader = Object.hasOwn(readers, key) ? readers[key] : undefined;
      if (reader === undefined) {
        const known = Object.keys(readers).join(", ");
        throw badInput(where, `there is no key ${JSON.stringify(where)}`, `the keys: ${known}`);
      }
      read[key] = reader(entry, where);
    }
    return read as Section<R>;
  };
}

/** An object whose keys are whatever they are. */
export function record<T>(read: Reader<T>): Reader<ReadonlyMap<string, T>> {
  return (value, place) => {
    const entries = entriesOf(value, place);
    return new Map(entries.map(([key, entry]) => [key, read(entry, `${place}.${key}`)]));
  };
}

function entriesOf(value: unknown, place: string): [string, unknown][] {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return Object.entries(value);
  }
  throw badInput(place, `${place === "" ? "the configuration" : place} must be an object`);
}

export const text: Reader<string> = (value, place) => {
  if (typeof value === "string" && value !== "") return value;
  throw badInput(place, `${place} must be a text that is not empty`);
};

export const number: Reader<number> = (value, place) => {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw badInput(place, `${place} must be a number`);
};

export const truth: Reader<boolean> = (value, place) => {
  if (typeof value === "boolean") return value;
  throw badInput(place, `${place} must be true or false`);
};

export const texts: Reader<readonly string[]> = (value, place) => {
  if (!Array.isArray(value)) throw badInput(place, `${place} must be a list`);
  return value.map((entry, i) => text(entry, `${place}[${i}]`));
};

export function choice<const T extends string | number>(values: readonly T[]): Reader<T> {
  return (value, place) => {
    const found = values.find((one) => one === value);
    if (found !== undefined) return found;
    throw badInput(place, `${place} must be one of ${values.join(", ")}`);
  };
}

/** A whole number in a range. */
export function whole(least: number, most: number): Reader<number> {
  return (value, place) => {
    if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most) {
      return Number(value);
    }
    throw badInput(place, `${place} must be a whole number from ${least} to ${most}`);
  };
}

/** A duration such as "10s", or milliseconds, whose range is for others to check. */
export const period: Reader<string | number> = (value, place) => {
  if (typeof value === "string" || typeof value === "number") return value;
  throw badInput(place, `${place} must be a duration such as "10s", or milliseconds`);
};

/** Milliseconds, from a duration such as "10s" or from a number of milliseconds. */
export function duration(least: string, most: string): Reader<number> {
  return (value, place) => {
    const time = readDuration(period(value, place), place);
    if (time >= parseDuration(least, place) && time <= parseDuration(most, place)) return time;
    throw badInput(place, `${place} must be from ${least} to ${most}`);
  };
}
