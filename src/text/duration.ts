import { StampmillError } from "./errors.ts";

const SECOND = 1000;
const DAY = 86_400 * SECOND;
const UNITS = new Map([
  ["ms", 1],
  ["s", SECOND],
  ["m", 60 * SECOND],
  ["h", 3600 * SECOND],
  ["d", DAY],
  ["w", 7 * DAY],
]);

/** Longest duration taken: 36500 days. Beyond a century a stamp's two-digit year says nothing. */
export const MAX_DURATION = 36_500 * DAY;

/** The longest wait of one of Node's timers; a longer one would end at once. */
const MAX_TIMER = 2 ** 31 - 1;

/**
 * Milliseconds, to a thousandth, from a number and a unit: `90s`, `0.3s`, `200ms`, `1.5h`,
 * `28d`. Units are ms, s, m, h, d and w. Every duration that a person types is read here.
 *
 * @param parameter what errors call it
 * @throws StampmillError `bad-input` for anything else, or more than 36500 days
 */
export function parseDuration(text: string, parameter: string): number {
  const [, digits, unit = ""] = /^(\d{1,12}(?:\.\d{1,12})?)(ms|[a-z])$/.exec(text) ?? [];
  const scale = UNITS.get(unit);
  if (digits === undefined || scale === undefined) {
    throw new StampmillError(
      "bad-input",
      `${parameter} must be a duration such as 0.3s, 90s, 15m, 2h, 28d or 1w, ` +
        `not ${JSON.stringify(text)}`,
      { parameter },
    );
  }
  return checkDuration(Math.round(1000 * Number(digits) * scale) / 1000, parameter);
}

/**
 * Seconds from a duration as {@link parseDuration} reads it, at least a millisecond.
 *
 * @param parameter what errors call it
 * @throws StampmillError `bad-input` for anything else, less than 1 ms, or more than 36500 days
 */
export function parseSeconds(text: string, parameter: string): number {
  const milliseconds = parseDuration(text, parameter);
  if (milliseconds >= 1) return milliseconds / SECOND;
  throw new StampmillError("bad-input", `${parameter} must be from 1ms to 36500d`, { parameter });
}

/**
 * Passes on a number of milliseconds from 0 to 36500 days.
 *
 * @throws StampmillError `bad-input` for anything else
 */
export function checkDuration(milliseconds: number, parameter: string): number {
  // The type first: callers in JavaScript hand over anything, and an empty list is at least 0.
  const known = typeof milliseconds === "number";
  if (known && milliseconds >= 0 && milliseconds <= MAX_DURATION) return milliseconds;
  throw new StampmillError("bad-input", `${parameter} must be from 0 to 36500 days`, { parameter });
}

/**
 * Milliseconds from an option that takes either a duration in words or milliseconds.
 *
 * @throws StampmillError `bad-input` as {@link parseDuration} and {@link checkDuration}
 */
export function readDuration(period: string | number, parameter: string): number {
  if (typeof period === "string") return parseDuration(period, parameter);
  return checkDuration(period, parameter);
}

/**
 * How long something stays good, in milliseconds: a duration, or `never` for what does not expire.
 *
 * @throws StampmillError `bad-input` as {@link readDuration}
 */
export function readLifetime(period: string | number, parameter: string): number {
  return period === "never" ? MAX_DURATION : readDuration(period, parameter);
}

/**
 * Calls a function once, after any number of milliseconds: Node's own timers fire at once where it is
 * more than 2^31 - 1, which is 24.8 days.
 *
 * @returns takes the call back
 */
export function callAfter(milliseconds: number, call: () => void): () => void {
  let left = milliseconds;
  let timer: NodeJS.Timeout;
  const wait = () => {
    const now = Math.min(left, MAX_TIMER);
    left -= now;
    timer = setTimeout(() => (left > 0 ? wait() : call()), now);
  };
  wait();
  return () => clearTimeout(timer);
}
