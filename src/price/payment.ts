import { hashesOf } from "../stamp/work.ts";
import { STEPS } from "./price.ts";

/** Highest price there can be, in bits: what `mint` mints at most. */
export const MAX_PRICE = 64;

/** Bits behind the point of the table below; with them 2^64 times an entry has 192 that are right. */
const FRACTION = 256n;

/** Equal stamps that a price is quoted in have this many bits less: 8 to 16 of them. */
const SPLIT = 3;

/** The whole square root, by Newton's method from above. */
function squareRoot(n: bigint): bigint {
  let root = 1n << BigInt((n.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (root + n / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/**
 * 2^(i/256) for i from 0 to 255, cut after 256 bits behind the point. The first is the eighth square
 * root of 2, the others its powers: whole numbers only, so that no machine's `pow` has a say. The
 * error grows to 2^-247; test/price/price.test.ts raises every price to its 256th power to see it right.
 */
const POWERS: readonly bigint[] = (() => {
  let root = 2n << FRACTION;
  for (let i = 1; i < STEPS; i *= 2) root = squareRoot(root << FRACTION);
  const powers = [1n << FRACTION];
  while (powers.length < STEPS) powers.push(((powers.at(-1) ?? 0n) * root) >> FRACTION);
  return powers;
})();

/**
 * The hashes that a price stands for: 2^(price/256), rounded up to a whole one.
 *
 * @param price in 1/256 bit, from 0 to 256 x 64
 */
export function hashesFor(price: number): bigint {
  const power = POWERS[price % STEPS] ?? 0n;
  const shift = FRACTION - BigInt(Math.floor(price / STEPS));
  // None but the first of the powers is a whole number, however far it is shifted.
  return (power >> shift) + (price % STEPS === 0 ? 0n : 1n);
}

/** The highest price, in 1/256 bit, that so many hashes pay; -1 for none. */
export function priceFor(hashes: bigint): number {
  if (hashes <= 0n) return -1;
  const bits = hashes.toString(2).length - 1;
  if (bits >= MAX_PRICE) return STEPS * MAX_PRICE;
  let low = STEPS * bits;
  // As one stamp pays, or eight alike.
  if (hashes === 1n << BigInt(bits)) return low;
  for (let step = STEPS / 2; step >= 1; step /= 2) {
    if (hashesFor(low + step) <= hashes) low += step;
  }
  return low;
}

/** Stamps to be minted: so many, of so many bits each. */
export interface StampPlan {
  readonly bits: number;
  readonly count: number;
}

/**
 * Equal stamps that are together worth at least so many hashes, and hardly more: 8 to 16, since the
 * time for several small ones varies less than that for a large one. Larger and fewer if there is
 * less room; null if there is none.
 *
 * @param least the fewest bits that a stamp may claim
 */
export function planStamps(hashes: bigint, least: number, room: number): StampPlan | null {
  if (room < 1) return null;
  const whole = hashes.toString(2).length - 1;
  for (let bits = Math.max(least, whole - SPLIT); ; bits++) {
    const one = 1n << BigInt(bits);
    const count = Number((hashes + one - 1n) / one);
    if (count <= room) return { bits, count };
  }
}

/** The highest price, in 1/256 bit, that stamps of these bits pay together; -1 for none. */
export function priceOfStamps(bits: Iterable<number>): number {
  return priceFor(hashesOf(bits));
}
