import { randomInt } from "node:crypto";
import type { NumberShape } from "../search.ts";

const BLOCK = 64;

/** Digits in the block that changes most often: the engine's table has a row for each of 10^3. */
const INNER = 3;

/** Most digits that are searched: 10^18 is less than 2^63. */
const SEARCHED = 18;

/** What the schedule of a block costs, where one compression without it is 1. */
const SCHEDULE = 0.4;

/** Where the nonce is: how many bytes of the serialised note come before and after it. */
interface Place {
  readonly before: number;
  readonly after: number;
}

/**
 * The shapes of a nonce to search with, in turn.
 *
 * A nonce that ends three digits behind the start of a block lets the engine keep the schedules of that
 * block in a table. It is up to 80 digits long for it, and may push the content into one block more; a
 * short nonce is taken where that makes it cheaper.
 */
export function* nonceShapes(place: Place, bits: number, compact: boolean): Generator<NumberShape> {
  const needed = Math.ceil(bits * Math.LOG10E * Math.LN2) + 3;
  const short = Math.min(needed, SEARCHED);
  const long = longDigits(place.before, short);
  const shared = !compact && cost(place, long, 0) < cost(place, short, SCHEDULE);
  for (let digits = short; ; ) {
    if (shared) {
      yield long > SEARCHED
        ? { fixed: randomDigits(long - SEARCHED), digits: SEARCHED, start: 0n }
        : { fixed: "", digits: long, start: 10n ** BigInt(long - 1) };
      if (long <= SEARCHED) return;
    } else {
      yield { fixed: "", digits, start: 10n ** BigInt(digits - 1) };
      digits++;
      if (digits > SEARCHED) return;
    }
  }
}

/** Digits of a nonce that ends INNER digits behind the start of a block. */
function longDigits(before: number, needed: number): number {
  const room = BLOCK - (before % BLOCK);
  return room + INNER >= needed ? room + INNER : room + BLOCK + INNER;
}

/** Compressions for each try: from the block of the last digit to the end. */
function cost({ before, after }: Place, digits: number, schedule: number): number {
  const blocks = Math.ceil((before + digits + after + 9) / BLOCK);
  return blocks - Math.floor((before + digits - 1) / BLOCK) + schedule;
}

/** Digits of which the first is not 0, so that the nonce is a number as it is usually written. */
function randomDigits(count: number): string {
  return Array.from({ length: count }, (_, i) => randomInt(i === 0 ? 1 : 0, 10)).join("");
}
