import { parseStampDate } from "../../text/date.ts";
import { MAX_DURATION } from "../../text/duration.ts";
import { badInput } from "../../text/errors.ts";
import { quoted } from "./quoted.ts";

const SECOND = 1000;
const DAY = 86_400 * SECOND;
const YEAR = 365 * DAY;

/** As hashcash(1) has them: a year has 365 days, a month is its twelfth part. */
const UNITS = new Map([
  ["", SECOND],
  ["s", SECOND],
  ["m", 60 * SECOND],
  ["h", 3600 * SECOND],
  ["d", DAY],
  ["w", 7 * DAY],
  ["M", YEAR / 12],
  ["y", YEAR],
  ["Y", YEAR],
]);

/**
 * Milliseconds of a period such as `28d`, `-3h` or `90` (seconds); whole numbers only.
 *
 * @throws StampmillError `bad-input` for anything else, or more than 36500 days either way
 */
export function readPeriod(text: string, option: string): number {
  const [, sign, digits, unit = ""] = /^([+-]?)(\d{1,10})([smhdwMyY]?)$/.exec(text) ?? [];
  const scale = UNITS.get(unit);
  if (digits === undefined || scale === undefined) {
    throw badInput(
      option,
      `${option} must be a period such as 90, 15m, 2h, 28d, 6M or 1y, not ${quoted(text)}`,
    );
  }
  const period = Number(digits) * scale;
  if (period > MAX_DURATION) throw badInput(option, `${option} must be at most 36500 days`);
  return sign === "-" ? -period : period;
}

/**
 * A period that may not be negative.
 *
 * @throws StampmillError `bad-input`
 */
export function readLength(text: string, option: string): number {
  const period = readPeriod(text, option);
  if (period >= 0) return period + 0;
  throw badInput(option, `${option} must not be negative`);
}

/**
 * The instant that `-t` names, in milliseconds since 1970: `+P` and `-P` from now, or
 * YYMMDD[hhmm[ss]] in local time, or in UTC.
 *
 * @throws StampmillError `bad-input` for anything else, dates that do not exist, and before 1970
 */
export function readClock(text: string, utc: boolean, now: number): number {
  const time = /^[+-]/.test(text) ? now + readPeriod(text, "-t") : readDate(text, utc, now);
  if (time >= 0) return time;
  throw badInput(
    "-t",
    `-t must be +PERIOD, -PERIOD or YYMMDD[hhmm[ss]] from 1970 on, not ${quoted(text)}`,
  );
}

function readDate(text: string, utc: boolean, now: number): number {
  const time = parseStampDate(text, now);
  if (utc || Number.isNaN(time)) return time;
  // The same digits on the clock of where we are.
  const date = new Date(time);
  return new Date(
    date.getUTCFullYear(),
    date.getUTCMonth(),
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
  ).getTime();
}
