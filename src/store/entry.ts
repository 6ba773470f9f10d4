import { hash } from "node:crypto";
import { MAX_SET } from "../stamp/work.ts";
import { parseStampDate } from "../text/date.ts";
import { StampmillError } from "../text/errors.ts";
import type { SpentEntry } from "./store.ts";

/** Bytes of an entry's digest. */
export const DIGEST_LENGTH = 16;

/** Middle of the century that the store reads all dates in. */
const CENTURY = Date.UTC(2049, 0, 1);

/**
 * When a stamp's date begins, its year read as 20YY: unlike `Stamp.time` the same whatever the
 * clock says, so that a stamp is found again where it was put. NaN if it is no date.
 */
export function storeTime(date: string): number {
  return parseStampDate(date, CENTURY);
}

/**
 * The entry for a stamp that `parseStamp` takes.
 *
 * SHA-256 even for SHA-1 stamps: of two that collide, both count. Half of it is stored, which makes
 * the table two thirds the size and spending a fifth faster; a stranger who wants another's stamp
 * refused must still find a second preimage of 128 bits, and no collision lets one through twice.
 */
export function spentEntry(stamp: string): SpentEntry {
  const start = stamp.indexOf(":", stamp.startsWith("0:") ? 0 : 2) + 1;
  const time = storeTime(stamp.slice(start, stamp.indexOf(":", start)));
  const digest = Buffer.from(hash("sha256", stamp, "hex"), "hex").subarray(0, DIGEST_LENGTH);
  return { time, digest };
}

/**
 * Refuses entries that no store could find again.
 *
 * @throws StampmillError `bad-input`
 */
export function checkEntries(entries: readonly SpentEntry[]): void {
  for (const { time, digest } of entries) {
    if (!(Number.isInteger(time / 1000) && digest.length === DIGEST_LENGTH)) {
      throw new StampmillError("bad-input", "an entry must come from spentEntry()", {
        parameter: "entries",
      });
    }
  }
}

/**
 * Refuses sets that are too large for one step, or hold entries that no store could find again.
 *
 * @throws StampmillError `bad-input`
 */
export function checkSets(sets: readonly (readonly SpentEntry[])[]): void {
  for (const set of sets) {
    if (set.length > MAX_SET) {
      throw new StampmillError("bad-input", `a set has at most ${MAX_SET} stamps`, {
        parameter: "sets",
      });
    }
    checkEntries(set);
  }
}
