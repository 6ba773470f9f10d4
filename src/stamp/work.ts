import { StampmillError } from "../text/errors.ts";

/** Most stamps in one set. */
export const MAX_SET = 1000;

/** Most work, in bits, that can be asked of a set of stamps. */
export const MAX_WORK = 256;

/** Stamps of a set that is minted, if no number is given. */
export const DEFAULT_SET_SIZE = 8;

/** No stamp of more bits is chosen to fill a time unless the caller says so: 2^32 hashes. */
export const MOST_CHOSEN_BITS = 32;

/**
 * Passes on an amount of work in bits, fractions allowed: `24.3` means 2^24.3 hashes.
 *
 * @throws StampmillError `bad-input` for anything but a number from 0 to 256
 */
export function checkWork(work: number): number {
  if (typeof work === "number" && work >= 0 && work <= MAX_WORK) return work;
  throw new StampmillError("bad-input", `work must be a number from 0 to ${MAX_WORK} bits`, {
    parameter: "work",
  });
}

/**
 * Whether stamps of these bits are together worth at least 2^work hashes. Exact: the sum is one of
 * whole numbers.
 *
 * @param work in bits, as {@link checkWork} passes it
 */
export function reachesWork(bits: Iterable<number>, work: number): boolean {
  return hashesOf(bits) >= BigInt(Math.ceil(2 ** work));
}

/** The expected number of hashes behind stamps of these bits: the sum of 2^bits. */
export function hashesOf(bits: Iterable<number>): bigint {
  let sum = 0n;
  for (const b of bits) sum += 1n << BigInt(b);
  return sum;
}

/**
 * The bits of each of `count` equal stamps that are together worth at least 2^work hashes, and no
 * more than they must. Eight small stamps cost as much on average as the one they replace, and
 * their slow one percent takes twice the mean rather than 4.6 times (Erlang distribution).
 *
 * @throws StampmillError `bad-input` for work or a count out of range
 */
export function bitsForWork(work: number, count = DEFAULT_SET_SIZE): number {
  checkWork(work);
  if (!Number.isInteger(count) || count < 1 || count > MAX_SET) {
    throw new StampmillError("bad-input", `count must be from 1 to ${MAX_SET}`, {
      parameter: "count",
    });
  }
  const wanted = BigInt(Math.ceil(2 ** work));
  let bits = 0;
  while (BigInt(count) << BigInt(bits) < wanted) bits++;
  return bits;
}
