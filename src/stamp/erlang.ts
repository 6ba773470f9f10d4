import { badInput } from "../text/errors.ts";

/** Most terms of a sum. */
export const MAX_SHAPE = 1024;

/**
 * The chance that the sum of `shape` independent exponential times of mean 1 is at most `x`: the
 * Erlang distribution, which is how long a set of `shape` equal stamps takes in units of what one
 * takes on average. (A search ends with the same small chance at every try; of so many tries the
 * geometric distribution cannot be told from the exponential one.)
 *
 * Relative error below 1e-11, in either tail with {@link erlangTail}: the sum of a series of positive
 * terms, whichever of the two converges (NIST DLMF 8.4.10 and 8.7.1).
 *
 * @param shape a whole number from 1 to 1024
 * @param x not negative; may be infinite
 * @throws StampmillError `bad-input` naming the parameter out of range
 */
export function erlangCdf(shape: number, x: number): number {
  checkShape(shape);
  checkTime(x);
  return x < shape ? lowerSeries(shape, x) : 1 - upperSum(shape, x);
}

/** The chance that it takes longer than `x`: 1 - {@link erlangCdf}, but exact when that is tiny. */
export function erlangTail(shape: number, x: number): number {
  checkShape(shape);
  checkTime(x);
  return x < shape ? 1 - lowerSeries(shape, x) : upperSum(shape, x);
}

/**
 * The time that is not exceeded with chance `p`, in units of the mean of one exponential time: the
 * inverse of {@link erlangCdf}. Found by halving an interval, on the side where the chance is small
 * and so exact: right to 1e-10 and better for `p` from 1e-6 to 1 - 1e-9 (where 1 - p itself is known
 * to 1e-7 only, the time still is to 1e-8).
 *
 * @param shape a whole number from 1 to 1024
 * @param p from 0 (no time) to 1 (infinitely long)
 * @throws StampmillError `bad-input` naming the parameter out of range
 */
export function erlangQuantile(shape: number, p: number): number {
  checkShape(shape);
  if (typeof p !== "number" || !(p >= 0 && p <= 1)) throw badInput("p", "p must be from 0 to 1");
  if (p === 0 || p === 1) return p === 0 ? 0 : Number.POSITIVE_INFINITY;
  if (shape === 1) return -Math.log1p(-p);
  const below = p < 0.5 ? (x: number) => erlangCdf(shape, x) < p : tailAbove(shape, 1 - p);
  let low = 0;
  let high = shape;
  while (below(high)) {
    low = high;
    high *= 2;
  }
  for (;;) {
    const middle = low + (high - low) / 2;
    if (middle === low || middle === high) return high;
    if (below(middle)) low = middle;
    else high = middle;
  }
}

function tailAbove(shape: number, chance: number): (x: number) => boolean {
  return (x) => erlangTail(shape, x) > chance;
}

/** The cdf for x < shape: a series whose terms shrink by x/(shape + i). */
function lowerSeries(shape: number, x: number): number {
  if (x === 0) return 0;
  let term = poisson(shape, x);
  let sum = 0;
  for (let i = shape + 1; term > sum * Number.EPSILON; i++) {
    sum += term;
    term *= x / i;
  }
  return sum;
}

/** The tail for x >= shape: the chance of fewer than `shape` events, from the likeliest down. */
function upperSum(shape: number, x: number): number {
  if (x === Number.POSITIVE_INFINITY) return 0;
  let term = poisson(shape - 1, x);
  let sum = 0;
  for (let i = shape - 1; term > sum * Number.EPSILON; i--) {
    sum += term;
    term *= i / x;
  }
  return sum;
}

/** The chance of exactly `n` events where `x` are expected: e^-x x^n / n!. */
function poisson(n: number, x: number): number {
  // As a sum of small parts, n ln(x/n) against x - n, rather than a difference of large ones
  // (Loader 2000, "Fast and accurate computation of binomial probabilities").
  if (n === 0) return Math.exp(-x);
  const off = (x - n) / n;
  const logRatio = off < -0.5 ? Math.log(x / n) : Math.log1p(off);
  const exponent = n * (logRatio - off) - stirlingError(n);
  return Math.exp(exponent) / Math.sqrt(2 * Math.PI * n);
}

/** What Stirling's formula for ln n! lacks (NIST DLMF 5.11.1). */
function stirlingError(n: number): number {
  if (n < 16) {
    let factorial = 1;
    for (let i = 2; i <= n; i++) factorial *= i;
    return Math.log(factorial / (Math.sqrt(2 * Math.PI * n) * (n / Math.E) ** n));
  }
  const square = n * n;
  return (1 / 12 - (1 / 360 - (1 / 1260 - 1 / (1680 * square)) / square) / square) / n;
}

function checkShape(shape: number): void {
  if (Number.isInteger(shape) && shape >= 1 && shape <= MAX_SHAPE) return;
  throw badInput("shape", `shape must be a whole number from 1 to ${MAX_SHAPE}`);
}

function checkTime(x: number): void {
  if (typeof x === "number" && x >= 0) return;
  throw badInput("x", "x must be a number that is not negative");
}
