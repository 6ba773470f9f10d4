import { StampmillError } from "./errors.ts";

const SECOND = 1000;
const DAY = 86_400 * SECOND;
const UNITS = new Map([
  ["s", SECOND],
  ["m", 60 * SECOND],
  ["h", 3600 * SECOND],
  ["d", DAY],
  ["w", 7 * DAY],
]);

/** Longest duration taken: 36500 days. Beyond a century a stamp's two-digit year says nothing. */
export const MAX_DURATION = 36_500 * DAY;

/**
 * Milliseconds from a whole number and a unit, s m h d or w: `90s`, `2h`, `28d`.
 *
 * @param parameter what errors call it
 * @throws StampmillError `bad-input` for anything else, or more than 36500 days
 */
export function parseDuration(text: string, parameter: string): number {
  const [, digits, unit = ""] = /^(\d{1,12})([a-z])$/.exec(text) ?? [];
  const scale = UNITS.get(unit);
  if (digits === undefined || scale === undefined) {
    throw new StampmillError(
      "bad-input",
      `${parameter} must be a duration such as 90s, 15m, 2h, 28d or 1w, not ${JSON.stringify(text)}`,
      { parameter },
    );
  }
  return checkDuration(Number(digits) * scale, parameter);
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

const TIME_UNITS = new Map([["ms", 1], ...UNITS]);

/**
 * Seconds from a number, fractions allowed, and a unit, ms s m h d or w: `200ms`, `0.2s`, `1.5m`.
 *
 * @param parameter what errors call it
 * @throws StampmillError `bad-input` for anything else, less than 1 ms, or more than 36500 days
 */
export function parseSeconds(text: string, parameter: string): number {
  const [, digits, unit = ""] = /^(\d{1,12}(?:\.\d{1,12})?)(ms|[a-z])$/.exec(text) ?? [];
  const scale = TIME_UNITS.get(unit);
  if (digits === undefined || scale === undefined) {
    throw new StampmillError(
      "bad-input",
      `${parameter} must be a time such as 200ms, 0.2s, 2s or 5m, not ${JSON.stringify(text)}`,
      { parameter },
    );
  }
  const milliseconds = Number(digits) * scale;
  if (milliseconds >= 1 && milliseconds <= MAX_DURATION) return milliseconds / SECOND;
  throw new StampmillError("bad-input", `${parameter} must be from 1ms to 36500d`, { parameter });
}
