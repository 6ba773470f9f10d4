import { StampmillError } from "./errors.ts";

/** Digits in a stamp's date: YYMMDD, YYMMDDhhmm or YYMMDDhhmmss, always UTC. */
export type DateWidth = 6 | 10 | 12;

export function isDateWidth(width: number): width is DateWidth {
  return width === 6 || width === 10 || width === 12;
}

/** Milliseconds since 1970, or NaN for what is neither a Date nor a number. */
export function toTime(instant: Date | number): number {
  return typeof instant === "number" || instant instanceof Date ? Number(instant) : Number.NaN;
}

/** The year with these last two digits that is at most 49 before and 50 after the reference's. */
function fullYear(twoDigits: number, reference: number): number {
  const oldest = new Date(reference).getUTCFullYear() - 49;
  return oldest + ((((twoDigits - oldest) % 100) + 100) % 100);
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Two digits as a number, NaN where one is not a digit, 0 past the end of the text. */
function pair(text: string, offset: number): number {
  if (offset >= text.length) return 0;
  const tens = text.charCodeAt(offset) - 0x30;
  const ones = text.charCodeAt(offset + 1) - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : Number.NaN;
}

/**
 * The instant at which a stamp's date begins, in milliseconds since 1970, or NaN if the text is
 * not 6, 10 or 12 digits of a date that exists. hashcash(1) rolls 240231 over to March and takes
 * widths of 2, 4 and 8 as well; here they are refused.
 *
 * @param reference the instant, in milliseconds, that the two-digit year should be nearest to
 */
export function parseStampDate(text: string, reference: number): number {
  if (!isDateWidth(text.length)) return Number.NaN;
  const year = fullYear(pair(text, 0), reference);
  const month = pair(text, 2);
  const day = pair(text, 4);
  const hour = pair(text, 6);
  const minute = pair(text, 8);
  const second = pair(text, 10);
  // Written so that a NaN fails; a year that is NaN makes the whole sum NaN.
  const real =
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysInMonth(year, month) &&
    hour <= 23 &&
    minute <= 59 &&
    second <= 59;
  return real ? Date.UTC(year, month - 1, day, hour, minute, second) : Number.NaN;
}

/**
 * A date as a stamp writes it, in UTC and rounded down to the width.
 *
 * @throws StampmillError `bad-input` if the date is not valid or the width none of the three
 */
export function formatStampDate(date: Date, width: DateWidth): string {
  const valid = date instanceof Date && !Number.isNaN(date.getTime());
  const iso = valid ? date.toISOString() : "";
  // Years outside 0 to 9999 have a sign and six digits; no two-digit year stands for them.
  if (!/^\d{4}-/.test(iso)) {
    throw new StampmillError(
      "bad-input",
      "date must be a valid Date between the years 0 and 9999",
      {
        parameter: "date",
      },
    );
  }
  if (!isDateWidth(width)) {
    throw new StampmillError("bad-input", `date width must be 6, 10 or 12, not ${width}`, {
      parameter: "dateWidth",
    });
  }
  return iso.replace(/\D/g, "").slice(2, 2 + width);
}
