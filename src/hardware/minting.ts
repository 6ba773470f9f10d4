import { SMALL_SEARCH_BITS } from "../stamp/layout.ts";
import { mint } from "../stamp/mint.ts";
import type { KernelRate, Minting } from "./result.ts";
import { distanceFromExponential } from "./statistics.ts";

/** Enough to see the shape of the distribution. */
const MOST_STAMPS = 300;
const LEAST_STAMPS = 20;
/** Seconds for one on average: long beside the fifth of a millisecond that `mint` takes for itself. */
const WANTED_MEAN = 0.008;
const LEAST_BITS = 8;

/** Bits of a stamp that takes about eight milliseconds at this rate. */
export function bitsFor(rate: number): number {
  const bits = Math.round(Math.log2(rate * WANTED_MEAN));
  // Close to the least bits that are laid out as what was timed is, take those.
  const snapped = Math.abs(bits - SMALL_SEARCH_BITS) === 1 ? SMALL_SEARCH_BITS : bits;
  return Math.min(32, Math.max(LEAST_BITS, snapped));
}

/**
 * Mints real stamps at the rate that was measured, each checked with node:crypto, and compares the
 * times they took with the exponential distribution that the rate predicts.
 *
 * @param seconds about how long it may take, while there are at least twenty of them
 */
export async function measureMinting(
  { algorithm, kernel, threads, rate }: KernelRate,
  seconds: number,
): Promise<Minting> {
  const bits = bitsFor(rate);
  const times: number[] = [];
  let total = 0;
  const enough = () => times.length >= LEAST_STAMPS && total >= seconds;
  while (times.length < MOST_STAMPS && !enough()) {
    const start = performance.now();
    await mint({ resource: "bench.example.org", bits, algorithm, kernel, threads });
    const time = (performance.now() - start) / 1000;
    times.push(time);
    total += time;
  }
  times.sort((a, b) => a - b);
  const predicted = 2 ** bits / rate;
  const distance = distanceFromExponential(times, predicted);
  return { algorithm, kernel, threads, bits, predicted, times, distance };
}
