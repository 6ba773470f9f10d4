import { parseInstant } from "../text/instant.ts";
import { checkLine } from "./id.ts";

/** Longest beacon, in bytes of UTF-8. */
export const MAX_BEACON_BYTES = 1024;

/**
 * Passes on a beacon: something that nobody could know before a certain time, such as a block's
 * hash, so that the work behind it was done later. Empty: none.
 *
 * @throws StampmillError `bad-input` for anything but one line of printable text of 1024 bytes
 */
export function checkBeacon(text: string): string {
  return checkLine("beacon", text, MAX_BEACON_BYTES).normalize("NFC");
}

/**
 * When a beacon says it became known, in milliseconds since 1970: it begins with a date or time in
 * UTC, and ends there or goes on with a colon (`2026-11-24:0000…`, `2026-11-24T12:00:00Z:…`).
 * Undefined if it does not. Whether that is so only they know who recognize the rest.
 */
export function beaconTime(beacon: string): number | undefined {
  const [, date] = /^(\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?Z)?)(?::|$)/.exec(beacon) ?? [];
  if (date === undefined) return undefined;
  try {
    return parseInstant(date, "beacon");
  } catch {
    // Of the right form, but no day of any year.
    return undefined;
  }
}
