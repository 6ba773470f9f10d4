import type { Measured } from "./result.ts";

/** The middle of some numbers, the upper one of two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** From the least to the greatest, as a share of the median. */
export function range(values: readonly number[]): number {
  return (Math.max(...values) - Math.min(...values)) / median(values);
}

/** Rounds that differ by more say more about the machine than about the program. */
export const WIDE_RANGE = 0.1;

/** Nothing is known better than this: where code and data lie in memory changes as much. */
const LEAST_UNCERTAINTY = 0.01;

/**
 * From the range of three rounds to a 95 % interval of their mean: their range is 1.69 standard
 * deviations on average, and Student's t with two degrees of freedom is 4.30, so 4.30 / 1.69 / √3.
 */
const PER_RANGE = 1.5;

/** Below this share of its processor time a program was kept waiting. */
const BUSY_SHARE = 0.9;

interface Rounds {
  readonly rounds: readonly number[];
  /** What the slices within a round differ by, where it is known. */
  readonly spread?: number;
  /** Of the processor time that it could have had; what is a little less than 1 is measured so. */
  readonly processorShare: number;
}

/**
 * Adds rate and uncertainty to rounds that were measured in turns. The uncertainty is 1.5 times the
 * range of a figure's rounds, or of what is usual among all of them, for three rounds may agree by
 * luck; at least half of what slices within a round differ by, and at least 1 %. What got only a share
 * of its processor time might have been as much faster as that was short.
 */
export function withUncertainty<T extends Rounds>(all: readonly T[]): (T & Measured)[] {
  const usual = median(all.map(({ rounds }) => range(rounds)));
  return all.map((one) => {
    const { rounds, spread = 0, processorShare } = one;
    const wide = PER_RANGE * Math.max(range(rounds), usual);
    const stolen = processorShare < BUSY_SHARE ? 1 / processorShare - 1 : 0;
    const uncertainty = Math.max(LEAST_UNCERTAINTY, wide, spread / 2, stolen);
    return { ...one, rate: median(rounds), uncertainty };
  });
}

/**
 * The greatest distance between the distribution of times and the exponential one of this mean
 * (the statistic of Kolmogorov and Smirnov).
 *
 * @param times shortest first
 */
export function distanceFromExponential(times: readonly number[], mean: number): number {
  let distance = 0;
  times.forEach((time, i) => {
    const expected = -Math.expm1(-time / mean);
    const above = (i + 1) / times.length - expected;
    distance = Math.max(distance, above, expected - i / times.length);
  });
  return distance;
}

/** The distance that luck alone exceeds once in a hundred times (Smirnov 1948, asymptotic). */
export function usualDistance(count: number): number {
  return 1.63 / Math.sqrt(count);
}
